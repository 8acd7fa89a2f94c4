// A loader for tests of workers: the file says what its model does, so that a test can let it crash, hang and so on.
// It is found by where it is exported, as a user's own loader would be.

const METHODS = {
  /** Doubles every row's first value. */
  double: () => (rows) => rows.map(([value]) => value * 2),
  /** What the rows look like on this side. */
  echo: () => (rows) => [JSON.stringify(rows, (_, value) => (typeof value === 'bigint' ? `${value}n` : value))],
  /** A row may say that the process is to end, to hang, or to take its time. */
  obey: () => async (rows) => {
    const answers = [];
    for (const [order, value] of rows) {
      if (order === 'abort') process.abort();
      if (order === 'exit') process.exit(7);
      if (order === 'kill') process.kill(process.pid, 'SIGKILL');
      if (order === 'hang') for (;;);
      if (order === 'throw') throw new RangeError(`no ${value}`);
      if (order === 'work') {
        const end = performance.now() + value;
        while (performance.now() < end);
      }
      if (order === 'later') await new Promise((resolve) => setTimeout(resolve, value));
      answers.push(order === 'pid' ? process.pid : value);
    }
    return answers;
  },
};

export const loader = {
  name: 'script',
  formats: ['script'],
  capabilities: { threadSafe: true },
  module: { url: import.meta.url },
  async load({ artefact, phase, warn, signal, threads }) {
    phase('parse');
    const script = JSON.parse(Buffer.from(artefact.bytes).toString('utf8'));
    if (script.companion !== undefined) script.read = Buffer.from(await artefact.read(script.companion)).toString();
    if (script.warn !== undefined) warn({ code: 'odd', message: script.warn });
    if (script.fail !== undefined) throw new TypeError(script.fail);
    if (script.crashOnLoad === true) process.abort();
    if (script.slowMs !== undefined) await new Promise((resolve) => setTimeout(resolve, script.slowMs));
    signal.throwIfAborted();
    phase('build');
    const build = (one) => ({
      info: { engine: 'script', classes: one.classes, featureNames: one.features },
      ...(one.predict !== undefined && { predict: METHODS[one.predict]() }),
      ...(one.matrix !== undefined && {
        predictProba: (rows) => ({
          data: Float64Array.from(rows.flatMap(() => one.matrix)),
          shape: [rows.length, one.matrix.length],
          dtype: 'float64',
        }),
      }),
      ...(one.wide === true && {
        transform: (rows) => ({ data: new Float32Array(rows.length * 20_000).fill(3), shape: [rows.length, 20_000], dtype: 'float32' }),
      }),
      ...(one.value !== undefined && { value: one.value }),
      ...(one.unusable !== undefined && { unusable: new RangeError(one.unusable) }),
      ...(one.parts !== undefined && {
        parts: new Map(Object.entries(one.parts).map(([name, part]) => [name, build(part)])),
      }),
      rowsIndependent: one.independent === true,
    });
    return {
      ...build(script),
      scoreSamples: () => ({ data: Float64Array.of(threads ?? 0), shape: [1], dtype: 'float64' }),
      ...(script.read !== undefined && { value: script.read }),
    };
  },
};
