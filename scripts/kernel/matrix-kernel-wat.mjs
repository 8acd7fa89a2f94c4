// The text of the WebAssembly matrix kernel: four rows against panels of four columns at once. Every sum is added up in
// the order of the inner dimension, as a loop in JavaScript would: the lanes hold different sums, never parts of one.
// src/kernel/matrix-kernel.ts says what each function does.
const ROWS = [0, 1, 2, 3];
const HALVES = [0, 1];
const each = (make) => ROWS.flatMap((row) => HALVES.map((half) => make(row, half))).join('\n');

/** How a term joins its sum. */
const TERMS = {
  products: (sum, x, y) => `(f64x2.add ${sum} (f64x2.mul ${x} ${y}))`,
  subtract: (sum, x, y) => `(f64x2.sub ${sum} (f64x2.mul ${x} ${y}))`,
  distances: (sum, x, y) => `(f64x2.add ${sum} (f64x2.mul (local.tee $d (f64x2.sub ${x} ${y})) (local.get $d)))`,
};

function tiles(name) {
  const place = (row, half) =>
    `(i32.add (local.get $o) (i32.mul (local.get $ldo) (i32.const ${row}))) ${half === 0 ? '' : ';; second half'}`;
  const load = (row, half) =>
    name === 'subtract' ? `(v128.load offset=${half * 16} ${place(row, half)}\n)` : '(v128.const f64x2 0 0)';
  return `
  (func (export "${name}")
    (param $a i32) (param $lda i32) (param $blocks i32) (param $b i32) (param $bstep i32) (param $panels i32)
    (param $k i32) (param $out i32) (param $ldo i32) (param $ostep i32)
    (local $p0 i32) (local $p1 i32) (local $p2 i32) (local $p3 i32) (local $q i32) (local $end i32)
    (local $panel i32) (local $bp i32) (local $o i32) (local $x v128) (local $y0 v128) (local $y1 v128) (local $d v128)
    ${each((row, half) => `(local $s${row}${half} v128)`)}
    (block $done
      (loop $block
        (br_if $done (i32.le_s (local.get $blocks) (i32.const 0)))
        (local.set $panel (local.get $panels))
        (local.set $bp (local.get $b))
        (local.set $o (local.get $out))
        (loop $next
          (local.set $p0 (local.get $a))
          (local.set $p1 (i32.add (local.get $p0) (local.get $lda)))
          (local.set $p2 (i32.add (local.get $p1) (local.get $lda)))
          (local.set $p3 (i32.add (local.get $p2) (local.get $lda)))
          (local.set $q (local.get $bp))
          (local.set $end (i32.add (local.get $a) (i32.shl (local.get $k) (i32.const 3))))
          ${each((row, half) => `(local.set $s${row}${half} ${load(row, half)})`)}
          (block $summed
            (loop $term
              (br_if $summed (i32.ge_u (local.get $p0) (local.get $end)))
              (local.set $y0 (v128.load (local.get $q)))
              (local.set $y1 (v128.load offset=16 (local.get $q)))
              ${ROWS.map(
                (row) => `(local.set $x (v128.load64_splat (local.get $p${row})))
              ${HALVES.map((half) => `(local.set $s${row}${half} ${TERMS[name](`(local.get $s${row}${half})`, '(local.get $x)', `(local.get $y${half})`)})`).join('\n')}
              (local.set $p${row} (i32.add (local.get $p${row}) (i32.const 8)))`,
              ).join('\n')}
              (local.set $q (i32.add (local.get $q) (i32.const 32)))
              (br $term)))
          ${each((row, half) => `(v128.store offset=${half * 16} ${place(row, half)}\n (local.get $s${row}${half}))`)}
          (local.set $bp (i32.add (local.get $bp) (local.get $bstep)))
          (local.set $o (i32.add (local.get $o) (local.get $ostep)))
          (br_if $next (local.tee $panel (i32.sub (local.get $panel) (i32.const 1)))))
        (local.set $a (i32.add (local.get $a) (i32.shl (local.get $lda) (i32.const 2))))
        (local.set $out (i32.add (local.get $out) (i32.shl (local.get $ldo) (i32.const 2))))
        (local.set $blocks (i32.sub (local.get $blocks) (i32.const 1)))
        (br $block))))`;
}

export function matrixKernelWat() {
  return `(module
  (import "kernel" "memory" (memory 1))
  ${Object.keys(TERMS).map(tiles).join('\n')}
  (func (export "reduce") (param $at i32) (param $end i32) (param $norms i32) (param $own f64)
    (local $x v128)
    (local.set $x (f64x2.splat (local.get $own)))
    (block $done
      (loop $next
        (br_if $done (i32.ge_u (local.get $at) (local.get $end)))
        (v128.store (local.get $at)
          (f64x2.max (v128.const f64x2 0 0)
            (f64x2.add
              (f64x2.sub (local.get $x) (f64x2.mul (v128.const f64x2 2 2) (v128.load (local.get $at))))
              (v128.load (local.get $norms)))))
        (local.set $at (i32.add (local.get $at) (i32.const 16)))
        (local.set $norms (i32.add (local.get $norms) (i32.const 16)))
        (br $next))))
  (func (export "scan") (param $at i32) (param $end i32) (param $limit f64) (result i32)
    (local $x v128)
    (local.set $x (f64x2.splat (local.get $limit)))
    (block $done
      (loop $next
        (br_if $done (i32.ge_u (local.get $at) (local.get $end)))
        (br_if $done (i32.eqz (i64x2.all_true (f64x2.ge (v128.load (local.get $at)) (local.get $x)))))
        (local.set $at (i32.add (local.get $at) (i32.const 16)))
        (br $next)))
    (local.get $at))
)`;
}
