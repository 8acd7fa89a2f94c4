import { describe, expect, it } from 'vitest';
import type { GraphValue } from '../../src/onnx-runner/graph-value.ts';
import { resolveRoles } from '../../src/onnx-runner/resolve-roles.ts';
import type { GraphRoles } from '../../src/onnx/graph-roles.ts';

const output = (name: string, ...shape: (number | string | null)[]): GraphValue => ({ name, dtype: 'float32', shape });
const none: GraphRoles = { classes: undefined, task: 'unknown' };

describe('resolveRoles', () => {
  it('keeps what the graph says', () => {
    const graph: GraphRoles = { label: 'l', probabilities: 'p', classes: [0, 1], task: 'binary-classification' };
    expect(resolveRoles(graph, [output('l', 'N'), output('p', 'N', 2)], undefined)).toEqual({
      roles: { label: 'l', probabilities: 'p' },
      task: 'binary-classification',
    });
  });

  it('predicts a lone output of one value or vector per row', () => {
    expect(resolveRoles(none, [output('y', 'N', 3)], undefined).roles).toEqual({ value: 'y' });
    expect(resolveRoles(none, [output('y', null)], undefined).roles).toEqual({ value: 'y' });
    for (const other of [output('y', 5), output('y', 'N', 3, 3), output('y')]) {
      expect(resolveRoles(none, [other], undefined).roles).toEqual({});
    }
    expect(resolveRoles(none, [output('a', 'N'), output('b', 'N')], undefined).roles).toEqual({});
  });

  it('lets the metadata name roles, and take an output from another role', () => {
    const outputs = [output('a', 'N', 2), output('b', 'N')];
    const graph: GraphRoles = { ...none, value: 'a', task: 'regression' };
    expect(resolveRoles(graph, outputs, { transform: 'a' })).toEqual({
      roles: { transform: 'a' },
      task: 'transformation',
    });
    expect(resolveRoles({ ...none, classes: ['x', 'y', 'z'] }, outputs, { probabilities: 'a', label: 'b' })).toEqual({
      roles: { probabilities: 'a', label: 'b' },
      task: 'multiclass-classification',
    });
    expect(resolveRoles(none, outputs, { variable: 'a' })).toEqual({ roles: { value: 'a' }, task: 'regression' });
  });

  it.each<Readonly<Record<string, string>>>([{ lable: 'a' }, { label: 'nowhere' }, { constructor: 'a' }])(
    'refuses %j',
    (stated) => {
      expect(() => resolveRoles(none, [output('a', 'N')], stated)).toThrow(
        expect.objectContaining({ code: 'ML_METADATA_INVALID' }),
      );
    },
  );
});
