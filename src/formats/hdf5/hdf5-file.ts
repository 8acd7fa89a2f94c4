import type { DType, TensorLike } from '../../spec/tensor.ts';

/**
 * The value of an attribute. Scalars are JavaScript values: text, numbers (bigint for integers beyond 2^53), booleans
 * for the enum that h5py writes for them. Arrays are tensors, of dtype `string` for text. `null`: an empty value
 * (h5py's `Empty`), or one of a type that has no counterpart here (references, opaque bytes, compounds other than
 * complex numbers).
 */
export type Hdf5Value = string | number | bigint | boolean | null | TensorLike;

/** A group of an HDF5 file: names that lead to groups and datasets. */
export interface Hdf5Group {
  readonly kind: 'group';
  /** `/` for the root. */
  readonly path: string;
  /** In the order of creation where the file keeps it, else by name. Read on first use. */
  readonly attributes: ReadonlyMap<string, Hdf5Value>;
  /** The children as h5py lists them: in the order of creation where the file keeps it, else sorted by their bytes. */
  readonly names: readonly string[];
  /**
   * The child of one name (never a path); `undefined` where there is none.
   *
   * @throws `ML_FORMAT_UNSAFE` for a link to another file; `ML_FORMAT_UNSUPPORTED` for soft and user-defined links and
   * for a named datatype
   */
  child(name: string): Hdf5Group | Hdf5Dataset | undefined;
  /** What a path such as `a/b/c` leads to from here. A backslash is part of a name. */
  at(path: string): Hdf5Group | Hdf5Dataset | undefined;
}

/** A dataset of an HDF5 file. */
export interface Hdf5Dataset {
  readonly kind: 'dataset';
  readonly path: string;
  /** `[]` for a scalar, `[0]` for one that holds no value; the extents of an array type are the last ones. */
  readonly shape: readonly number[];
  /** `object` for sequences of varying length; `undefined` for a type without a tensor form (compound, reference). */
  readonly dtype: DType | undefined;
  readonly attributes: ReadonlyMap<string, Hdf5Value>;
  /**
   * The values. Where they are stored as they are in memory, the data is a view of the file's bytes.
   *
   * @throws `ML_FORMAT_UNSAFE` for values kept in other files; `ML_FORMAT_UNSUPPORTED` for types and filters that are
   * not read; `ML_FORMAT_LIMIT`, `ML_FORMAT_MALFORMED`, `ML_FORMAT_TRUNCATED`
   */
  read(): TensorLike;
}
