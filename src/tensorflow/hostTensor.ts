/** Host arrays to TensorFlow tensors and back. */
import { NARROW, WIDEN } from '../halves.ts';
import { sizeOf } from '../shapes.ts';
import { BYTES, type CApi, DataType, type Pointer, view } from './capi.ts';
import type { TensorValues } from './tfjs.ts';

/** Values on the host: row-major bytes with their shape and TF_DataType. */
export interface HostArray {
  dtype: number;
  shape: number[];
  bytes: Uint8Array;
}

/** A new TF_Tensor that holds a copy of `array`; the caller deletes it. */
export function allocate(api: CApi, array: HostArray): Pointer {
  const tensor = allocateEmpty(api, array.dtype, array.shape);
  if (array.bytes.length > 0) view(api.tensorData(tensor), array.bytes.length).set(array.bytes);
  return tensor;
}

/** A new TF_Tensor with arbitrary contents, to be written through `tensorBytes`. The caller deletes it. */
export function allocateEmpty(api: CApi, dtype: number, shape: number[]): Pointer {
  const bytes = sizeOf(shape) * BYTES[dtype];
  const tensor = api.allocateTensor(dtype, shape, shape.length, bytes);
  if (!tensor) throw new Error(`expected memory for a tensor of ${bytes} bytes, got none`);
  return tensor;
}

/** The memory of a tensor, without a copy: valid until the tensor is deleted. */
export function tensorBytes(api: CApi, tensor: Pointer): Uint8Array<ArrayBuffer> {
  const bytes = Number(api.tensorByteSize(tensor));
  return bytes === 0 ? new Uint8Array(0) : view(api.tensorData(tensor), bytes);
}

/** A copy of a tensor's values, in the array type that tfjs uses for its dtype. */
export function tensorValues(api: CApi, tensor: Pointer): { values: TensorValues; shape: number[] } {
  const dims = api.tensorNumDims(tensor);
  const shape = Array.from({ length: dims }, (_, i) => Number(api.tensorDim(tensor, i)));
  return { values: toValues(tensorBytes(api, tensor).slice(), api.tensorType(tensor)), shape };
}

/** Bytes as the array type that tfjs uses for their dtype; bf16 is copied to float32, the others are not copied. */
export function toValues(bytes: Uint8Array<ArrayBuffer>, dtype: number): TensorValues {
  if (dtype === DataType.float32) return new Float32Array(bytes.buffer);
  if (dtype === DataType.int32) return new Int32Array(bytes.buffer);
  if (dtype === DataType.bf16) return widened(bytes);
  return bytes;
}

/** Values of bf16 as float32. */
export function widened({ buffer, byteOffset, byteLength }: Uint8Array): Float32Array {
  const values = new Float32Array(byteLength / 2);
  WIDEN.BF16(new Uint16Array(buffer, byteOffset, byteLength / 2), new Uint32Array(values.buffer));
  return values;
}

/** Values of a tfjs tensor as bytes of `dtype`; bool values may be a plain array. */
export function toHostArray(values: ArrayLike<number | boolean>, shape: number[], dtype: number): HostArray {
  if (dtype === DataType.bf16) {
    const halves = new Uint16Array(values.length);
    NARROW.BF16(new Uint32Array(Float32Array.from(values as ArrayLike<number>).buffer), halves);
    return { dtype, shape, bytes: new Uint8Array(halves.buffer) };
  }
  if (ArrayBuffer.isView(values)) {
    const { buffer, byteOffset, byteLength } = values as Float32Array;
    return { dtype, shape, bytes: new Uint8Array(buffer, byteOffset, byteLength) };
  }
  const typed =
    dtype === DataType.float32
      ? Float32Array.from(values as ArrayLike<number>)
      : dtype === DataType.int32
        ? Int32Array.from(values as ArrayLike<number>)
        : Uint8Array.from(values as ArrayLike<number>, Number);
  return { dtype, shape, bytes: new Uint8Array(typed.buffer) };
}
