/** dtypes of tfjs tensors as TF_DataType numbers, and back. */
import type * as tf from '@tensorflow/tfjs-core';
import { DataType } from '../tensorflow/capi.ts';
import { currentCall, RecordError } from './errors.ts';

/** @throws RecordError for a TF_DataType that tfjs tensors of a program cannot have */
export function dtypeName(dtype: number): 'float32' | 'int32' | 'bool' {
  if (dtype === DataType.float32) return 'float32';
  if (dtype === DataType.int32) return 'int32';
  if (dtype === DataType.bool) return 'bool';
  throw new RecordError(`${currentCall()}: expected float32, int32 or bool, got ${dataTypeName(dtype)}`);
}

/** @throws RecordError for strings and complex numbers */
export function dtypeNumber(dtype: tf.DataType): number {
  if (dtype in DataType && dtype !== 'string') return DataType[dtype as 'float32' | 'int32' | 'bool'];
  throw new RecordError(`expected a tensor of float32, int32 or bool, got ${dtype}`);
}

/** The name of any TF_DataType, for messages. */
export const dataTypeName = (dtype: number): string =>
  Object.entries(DataType).find(([, number]) => number === dtype)?.[0] ?? `TensorFlow's dtype ${dtype}`;
