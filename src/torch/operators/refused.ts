import type { OperatorFamily } from './operator.ts';

const complex = { refused: 'complex numbers and Fourier transforms are not supported' };
const valueSized = { refused: 'the size of the result depends on the values' };
const random = { refused: 'random numbers: a prediction must be repeatable' };
const linearAlgebra = { refused: 'ONNX has no such decomposition of matrices' };
const sparse = { refused: 'sparse tensors are not supported' };
const quantized = { refused: 'quantized kernels are not supported; export the float model' };

/** Operators that are known and not written, and why. */
export const refused: OperatorFamily = {
  fft_fft: complex,
  fft_ifft: complex,
  fft_rfft: complex,
  fft_irfft: complex,
  fft_fft2: complex,
  fft_ifft2: complex,
  fft_fftn: complex,
  fft_ifftn: complex,
  fft_rfft2: complex,
  fft_irfft2: complex,
  fft_rfftn: complex,
  fft_irfftn: complex,
  _fft_r2c: complex,
  _fft_c2c: complex,
  _fft_c2r: complex,
  stft: complex,
  istft: complex,
  complex,
  polar: complex,
  view_as_complex: complex,
  view_as_real: complex,
  imag: complex,
  angle: complex,
  unique_consecutive: valueSized,
  _unique2: valueSized,
  unique_dim: valueSized,
  bincount: valueSized,
  histc: valueSized,
  native_dropout_backward: random,
  linalg_svd: linearAlgebra,
  _linalg_svd: linearAlgebra,
  linalg_qr: linearAlgebra,
  linalg_eigh: linearAlgebra,
  _linalg_eigh: linearAlgebra,
  linalg_eig: linearAlgebra,
  linalg_cholesky: linearAlgebra,
  linalg_cholesky_ex: linearAlgebra,
  cholesky: linearAlgebra,
  linalg_inv: linearAlgebra,
  linalg_inv_ex: linearAlgebra,
  inverse: linearAlgebra,
  linalg_solve: linearAlgebra,
  _linalg_solve_ex: linearAlgebra,
  linalg_det: linearAlgebra,
  _linalg_det: linearAlgebra,
  linalg_slogdet: linearAlgebra,
  linalg_lstsq: linearAlgebra,
  to_sparse: sparse,
  _sparse_mm: sparse,
  quantize_per_tensor: quantized,
  quantize_per_channel: quantized,
  dequantize: quantized,
};
