import { describe, expect, it } from 'vitest';
import { fedShapes } from '../../src/onnx-runner/fed-shapes.ts';

const x = { name: 'x' };
const tensor = { data: new Float32Array(6), shape: [2, 3], dtype: 'float32' as const };

describe('fedShapes', () => {
  it('tells the shape of the only input from rows, nested ones and tensors', () => {
    expect(
      fedShapes(
        [
          [1, 2, 3],
          [4, 5, 6],
        ],
        [x],
      ),
    ).toEqual([[2, 3]]);
    expect(fedShapes([[[1], [2]]], [x])).toEqual([[1, 2, 1]]);
    expect(fedShapes(tensor, [x])).toEqual([[2, 3]]);
  });

  it('tells each input of several by name', () => {
    expect(
      fedShapes(
        {
          x: [
            [1, 2, 3],
            [4, 5, 6],
          ],
          y: [[1], [2]],
        },
        [x, { name: 'y' }],
      ),
    ).toEqual([
      [2, 3],
      [2, 1],
    ]);
  });

  it('needs a row', () => {
    expect(() => fedShapes([], [x])).toThrow(expect.objectContaining({ code: 'ML_INPUT_INVALID' }));
  });
});
