// The text of the WebAssembly tree kernel. Eight walks go on at once, so that the machine waits for eight loads
// together instead of one after the other: either eight rows through one tree, or one row through eight trees.
// src/kernel/kernel.ts says what each function does and src/kernel/layout.ts how the memory is laid out.
const LANES = 8;
const lanes = Array.from({ length: LANES }, (_, lane) => lane);
/** Steps between two looks at whether any walk still moves. */
const STEPS = 2;

const LAYOUTS = {
  // 4 bytes threshold, then flags, feature (times 4) and distance to the children in one word.
  f32: {
    nodeShift: 3,
    read: (address, offset) => `(f32.load offset=${offset} ${address})`,
    threshold: '(f32.load (local.get $c))',
    word: '(i32.load offset=4 (local.get $c))',
    feature: '(i32.and (local.get $p) (local.get $mask))',
    distance: '(i32.shl (i32.shr_u (local.get $p) (local.get $shift)) (i32.const 3))',
    type: 'f32',
    flags: 1,
  },
  // 8 bytes threshold, then feature (times 8) with flags, then the distance to the children in bytes.
  f64: {
    nodeShift: 4,
    read: (address, offset) => `(f64.load offset=${offset} ${address})`,
    threshold: '(f64.load (local.get $c))',
    word: '(i32.load offset=8 (local.get $c))',
    feature: '(i32.and (local.get $p) (i32.const -8))',
    distance: '(i32.load offset=12 (local.get $c))',
    type: 'f64',
    flags: 7,
  },
};

/** Whether the walk goes to the left child: 1 or 0. */
function goesLeft(name, full) {
  const { type, threshold } = LAYOUTS[name];
  const plain = `(${type}.le (local.get $v) ${threshold})`;
  if (!full) return plain;
  const missing = `(i32.or ${plain} (i32.and (i32.and (${type}.ne (local.get $v) (local.get $v)) (local.get $p)) (i32.const 1)))`;
  if (name === 'f32') return missing;
  return `(if (result i32) (i32.and (local.get $p) (i32.const 6))
            (then (call $special (local.get $c) (local.get $v) (local.get $p)))
            (else ${missing}))`;
}

/** One step of one walk. `byRow`: lanes are rows, whose values of a feature lie side by side. */
function step(name, { full, byRow }, lane) {
  const layout = LAYOUTS[name];
  const size = name === 'f32' ? 4 : 8;
  const feature = byRow ? `(i32.shl ${layout.feature} (i32.const 3))` : layout.feature;
  return `
      (local.set $c (local.get $c${lane}))
      (local.set $p ${layout.word})
      (local.set $v ${layout.read(`(i32.add (local.get $x) ${feature})`, byRow ? lane * size : 0)})
      (local.set $c${lane} (i32.add (local.get $c)
        (i32.add ${layout.distance} (i32.shl ${goesLeft(name, full)} (i32.const ${layout.nodeShift})))))`;
}

/** Steps until no walk moves any more or \`$left\` rounds are over. Leaves lead to themselves. */
function walk(name, options) {
  const moved = lanes.map((lane) => `(i32.xor (local.get $c${lane}) (local.get $b${lane}))`);
  const anyMoved = moved.reduce((sum, one) => `(i32.or ${sum} ${one})`);
  const round = Array.from({ length: STEPS }, (_, i) => {
    const before =
      i === STEPS - 1 ? lanes.map((lane) => `(local.set $b${lane} (local.get $c${lane}))`).join('\n      ') : '';
    return before + lanes.map((lane) => step(name, options, lane)).join('');
  }).join('');
  return `
    (block $arrived (loop $round
      (br_if $arrived (i32.eqz (local.get $left)))
      (local.set $left (i32.sub (local.get $left) (i32.const 1)))
      ${round}
      (br_if $round ${anyMoved})))
    ${lanes.map((lane) => `(i32.store offset=${lane * 4} (local.get $leaves) ${leafNumber(name, lane)})`).join('\n    ')}
    (local.set $leaves (i32.add (local.get $leaves) (i32.const ${LANES * 4})))`;
}

const leafNumber = (name, lane) =>
  name === 'f32'
    ? `(i32.and (i32.load (local.get $c${lane})) (i32.const 0x3fffff))`
    : `(i32.load (local.get $c${lane}))`;

const locals = (name) =>
  [
    ...lanes.flatMap((lane) => [`(local $c${lane} i32)`, `(local $b${lane} i32)`]),
    `(local $c i32) (local $p i32) (local $v ${LAYOUTS[name].type}) (local $left i32)`,
  ].join(' ');

function walkRows(name, full) {
  return `
  (func (export "rows_${name}${full ? '_full' : ''}")
    (param $root i32) (param $rounds i32) (param $x i32) (param $blocks i32) (param $blockBytes i32)
    (param $leaves i32) (param $shift i32) (param $mask i32) ${locals(name)}
    (loop $block
      ${lanes.map((lane) => `(local.set $c${lane} (local.get $root))`).join(' ')}
      (local.set $left (local.get $rounds))
      ${walk(name, { full, byRow: true })}
      (local.set $x (i32.add (local.get $x) (local.get $blockBytes)))
      (br_if $block (local.tee $blocks (i32.sub (local.get $blocks) (i32.const 1))))))`;
}

function walkTrees(name, full) {
  return `
  (func (export "trees_${name}${full ? '_full' : ''}")
    (param $groups i32) (param $count i32) (param $x i32)
    (param $leaves i32) (param $shift i32) (param $mask i32) ${locals(name)}
    (loop $group
      ${lanes.map((lane) => `(local.set $c${lane} (i32.load offset=${lane * 4} (local.get $groups)))`).join('\n      ')}
      (local.set $left (i32.load offset=${LANES * 4} (local.get $groups)))
      ${walk(name, { full, byRow: false })}
      (local.set $groups (i32.add (local.get $groups) (i32.const ${LANES * 4 + 4})))
      (br_if $group (local.tee $count (i32.sub (local.get $count) (i32.const 1))))))`;
}

/** Adds \`$width\` values at \`$from\` to those at \`$to\`, in order; doubles two at a time. */
function addValues(type, size) {
  const pairs =
    type === 'f64'
      ? `(block $single (loop $pair
          (br_if $single (i32.lt_u (i32.sub (local.get $end) (local.get $at)) (i32.const 16)))
          (v128.store (i32.add (local.get $to) (local.get $at)) (f64x2.add
            (v128.load (i32.add (local.get $to) (local.get $at)))
            (v128.load (i32.add (local.get $from) (local.get $at)))))
          (local.set $at (i32.add (local.get $at) (i32.const 16)))
          (br $pair)))`
      : '';
  return `
      (local.set $at (i32.const 0))
      ${pairs}
      (block $done (loop $one
        (br_if $done (i32.ge_u (local.get $at) (local.get $end)))
        (${type}.store (i32.add (local.get $to) (local.get $at)) (${type}.add
          (${type}.load (i32.add (local.get $to) (local.get $at)))
          (${type}.load (i32.add (local.get $from) (local.get $at)))))
        (local.set $at (i32.add (local.get $at) (i32.const ${size})))
        (br $one)))`;
}

function addRows(type, size) {
  return `
  (func (export "add_rows_${type}")
    (param $leaves i32) (param $count i32) (param $values i32) (param $width i32) (param $to i32) (param $stride i32)
    (local $from i32) (local $at i32) (local $end i32)
    (local.set $end (i32.mul (local.get $width) (i32.const ${size})))
    (loop $row
      (local.set $from (i32.add (local.get $values) (i32.mul (i32.load (local.get $leaves)) (local.get $end))))
      ${addValues(type, size)}
      (local.set $leaves (i32.add (local.get $leaves) (i32.const 4)))
      (local.set $to (i32.add (local.get $to) (local.get $stride)))
      (br_if $row (local.tee $count (i32.sub (local.get $count) (i32.const 1))))))`;
}

function addTrees(type, size) {
  return `
  (func (export "add_trees_${type}")
    (param $leaves i32) (param $count i32) (param $values i32) (param $width i32) (param $out i32) (param $columns i32)
    (local $from i32) (local $at i32) (local $end i32) (local $to i32)
    (local.set $end (i32.mul (local.get $width) (i32.const ${size})))
    (loop $tree
      (local.set $from (i32.add (local.get $values) (i32.mul (i32.load (local.get $leaves)) (local.get $end))))
      (local.set $to (i32.add (local.get $out) (i32.load (local.get $columns))))
      ${addValues(type, size)}
      (local.set $leaves (i32.add (local.get $leaves) (i32.const 4)))
      (local.set $columns (i32.add (local.get $columns) (i32.const 4)))
      (br_if $tree (local.tee $count (i32.sub (local.get $count) (i32.const 1))))))`;
}

/** Splits that are no plain comparison: flag 4 counts zero as missing, flag 2 is a set of categories. */
const SPECIAL = `
  (func $special (param $c i32) (param $v f64) (param $p i32) (result i32) (local $k i32) (local $words i32)
    (if (i32.and (local.get $p) (i32.const 4)) (then
      (if (f64.le (f64.abs (local.get $v)) (f64.load (i32.const 0)))
        (then (return (i32.and (local.get $p) (i32.const 1)))))
      (if (f64.ne (local.get $v) (local.get $v))
        (then (return (i32.and (local.get $p) (i32.const 1)))))
      (return (f64.le (local.get $v) (f64.load (local.get $c))))))
    (if (f64.ne (local.get $v) (local.get $v))
      (then (return (i32.and (local.get $p) (i32.const 1)))))
    (local.set $words (i32.load offset=4 (local.get $c)))
    (local.set $k (i32.trunc_sat_f64_s (local.get $v)))
    (if (i32.and (local.get $words) (i32.const 0x40000000)) (then
      (if (f64.lt (local.get $v) (f64.const 0))
        (then (return (i32.and (local.get $p) (i32.const 1)))))
      (if (f64.ge (local.get $v) (f64.const 2147483648)) (then (local.set $k (i32.const 0))))
      (local.set $k (i32.and (local.get $k) (i32.const 255)))))
    (if (i32.ge_u (local.get $k) (i32.shl (i32.and (local.get $words) (i32.const 0xffffff)) (i32.const 5)))
      (then (return (i32.shr_u (local.get $words) (i32.const 31)))))
    (i32.and (i32.const 1) (i32.shr_u
      (i32.load (i32.add (i32.load (local.get $c))
        (i32.shl (i32.shr_u (local.get $k) (i32.const 5)) (i32.const 2))))
      (local.get $k))))`;

/** The whole module. */
export function treeKernelWat() {
  const variants = ['f32', 'f64'].flatMap((name) =>
    [false, true].flatMap((full) => [walkRows(name, full), walkTrees(name, full)]),
  );
  const sums = [
    ['f32', 4],
    ['f64', 8],
  ].flatMap(([type, size]) => [addRows(type, size), addTrees(type, size)]);
  return `(module
  (import "kernel" "memory" (memory 1))
${SPECIAL}
${[...variants, ...sums].join('\n')}
)
`;
}
