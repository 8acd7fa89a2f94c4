import { CsrMatrix, type DenseMatrix, toDense } from '../../data/dataset.ts';
import { FormatError } from '../../errors/format-error.ts';
import { isNode } from '../../formats/pickle/nodes.ts';
import type { EstimatorState } from './estimator-state.ts';

/** A sparse matrix of a file is made dense only up to this many values. */
const MAX_DENSE = 2 ** 27;

/**
 * A matrix of the file, dense or sparse (`csr_matrix`, `csr_array`).
 *
 * @throws `ML_FORMAT_UNSUPPORTED` for other sparse formats, `ML_FORMAT_MALFORMED` where its parts do not fit together
 */
export function storedMatrix(state: EstimatorState, name: string): CsrMatrix | DenseMatrix {
  const value = state.get(name);
  if (!isNode(value) || value.kind !== 'object') return state.matrix(name);
  if (!/^csr_(?:matrix|array)$/.test(value.cls.name)) throw state.unsupported(`${name} as ${value.cls.name}`);
  const part = state.part(name);
  const [rows, cols] = part.ints('_shape');
  const matrix = new CsrMatrix([rows ?? -1, cols ?? -1], {
    indptr: part.ints('indptr'),
    indices: part.ints('indices'),
    data: part.vector('data'),
  });
  if (!isConsistent(matrix)) {
    throw new FormatError(
      'ML_FORMAT_MALFORMED',
      `${state.describe()}: the parts of the sparse matrix ${name} do not fit together`,
    );
  }
  return matrix;
}

/** The same, always dense. @throws `ML_FORMAT_LIMIT` for a sparse matrix of more than 2^27 places */
export function storedDense(state: EstimatorState, name: string): DenseMatrix {
  const matrix = storedMatrix(state, name);
  if (matrix.rows * matrix.cols > MAX_DENSE && matrix.kind === 'csr') {
    throw new FormatError(
      'ML_FORMAT_LIMIT',
      `${state.describe()}: ${name} has ${matrix.rows} by ${matrix.cols} places, too many for a dense matrix`,
    );
  }
  return toDense(matrix);
}

function isConsistent({ rows, cols, indptr, indices, data }: CsrMatrix): boolean {
  if (rows < 0 || cols < 0 || indptr.length !== rows + 1 || indptr[0] !== 0) return false;
  if (!indptr.every((end, i) => i === 0 || end >= (indptr[i - 1] as number))) return false;
  const used = indptr[rows] as number;
  return used <= indices.length && used <= data.length && indices.every((column) => column >= 0 && column < cols);
}
