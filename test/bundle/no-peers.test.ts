import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { expect, test } from 'vitest';

const dist = join(import.meta.dirname, '../../dist');

test('importing the library and making a registry loads no package for metrics', () => {
  const script = `
    const { MLServiceRegistry, createHealthHandler } = require(${JSON.stringify(join(dist, 'index.cjs'))});
    const registry = new MLServiceRegistry({ env: {} });
    registry.metrics();
    createHealthHandler(registry);
    console.log(JSON.stringify(Object.keys(require.cache).filter((path) => /prom-client|opentelemetry/.test(path))));
  `;
  expect(JSON.parse(execFileSync(process.execPath, ['-e', script], { encoding: 'utf8' }))).toEqual([]);
});
