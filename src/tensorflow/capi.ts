/** TensorFlow's C API: the functions that build graphs and run them, called on the library that tfjs-node has loaded. */
import koffi from 'koffi';

/** Address of an object of TensorFlow. */
export type Pointer = bigint;

/** One output of an operation in a graph. */
export interface Output {
  oper: Pointer;
  index: number;
}

/** TF_DataType numbers that tfjs and this project use. */
export const DataType = {
  float32: 1,
  int32: 3,
  string: 7,
  int64: 9,
  bool: 10,
  bf16: 14,
  uint16: 17,
  resource: 20,
} as const;

/** Bytes of one element, by TF_DataType. */
export const BYTES: Record<number, number> = {
  [DataType.float32]: 4,
  [DataType.int32]: 4,
  [DataType.int64]: 8,
  [DataType.bool]: 1,
  [DataType.bf16]: 2,
  [DataType.uint16]: 2,
};

/** koffi keeps types by name for the whole process, in which this file may be loaded twice. */
function struct(name: string, members: Record<string, string>) {
  try {
    return koffi.type(name);
  } catch {
    return koffi.struct(name, members);
  }
}

const OUTPUT = struct('TF_Output', { oper: 'void*', index: 'int' });
const BUFFER = struct('TF_Buffer', { data: 'void*', length: 'size_t', deallocator: 'void*' });

/** @param path of libtensorflow_cc: the file that tfjs-node has loaded */
export function openLibrary(path: string) {
  const library = koffi.load(path);
  const declare = (prototype: string) => library.func(prototype);
  const sessionRun = library.func('TF_SessionRun', 'void', [
    ...['void*', 'void*', koffi.pointer(OUTPUT), 'void**', 'int'],
    ...[koffi.pointer(OUTPUT), koffi.out('void**'), 'int', 'void**', 'int', 'void*', 'void*'],
  ]);
  return {
    newStatus: declare('void* TF_NewStatus()'),
    deleteStatus: declare('void TF_DeleteStatus(void*)'),
    getCode: declare('int TF_GetCode(void*)'),
    message: declare('const char* TF_Message(void*)'),

    newGraph: declare('void* TF_NewGraph()'),
    deleteGraph: declare('void TF_DeleteGraph(void*)'),
    newOperation: declare('void* TF_NewOperation(void*, const char*, const char*)'),
    addInput: declare('void TF_AddInput(void*, TF_Output)'),
    addInputList: declare('void TF_AddInputList(void*, TF_Output*, int)'),
    addControlInput: declare('void TF_AddControlInput(void*, void*)'),
    setAttrString: declare('void TF_SetAttrString(void*, const char*, const char*, size_t)'),
    setAttrStringList: declare('void TF_SetAttrStringList(void*, const char*, const char**, size_t*, int)'),
    setAttrInt: declare('void TF_SetAttrInt(void*, const char*, int64_t)'),
    setAttrIntList: declare('void TF_SetAttrIntList(void*, const char*, int64_t*, int)'),
    setAttrFloat: declare('void TF_SetAttrFloat(void*, const char*, float)'),
    setAttrBool: declare('void TF_SetAttrBool(void*, const char*, uint8_t)'),
    setAttrType: declare('void TF_SetAttrType(void*, const char*, int)'),
    setAttrTypeList: declare('void TF_SetAttrTypeList(void*, const char*, int*, int)'),
    setAttrShape: declare('void TF_SetAttrShape(void*, const char*, int64_t*, int)'),
    setAttrTensor: declare('void TF_SetAttrTensor(void*, const char*, void*, void*)'),
    finishOperation: declare('void* TF_FinishOperation(void*, void*)'),
    outputType: declare('int TF_OperationOutputType(TF_Output)'),
    numDims: declare('int TF_GraphGetTensorNumDims(void*, TF_Output, void*)'),
    tensorShape: declare('void TF_GraphGetTensorShape(void*, TF_Output, _Out_ int64_t*, int, void*)'),

    newBufferFrom: declare('TF_Buffer* TF_NewBufferFromString(void*, size_t)'),
    newBuffer: declare('TF_Buffer* TF_NewBuffer()'),
    deleteBuffer: declare('void TF_DeleteBuffer(TF_Buffer*)'),
    getOpDef: declare('void TF_GraphGetOpDef(void*, const char*, TF_Buffer*, void*)'),

    newSessionOptions: declare('void* TF_NewSessionOptions()'),
    deleteSessionOptions: declare('void TF_DeleteSessionOptions(void*)'),
    setConfig: declare('void TF_SetConfig(void*, void*, size_t, void*)'),
    newSession: declare('void* TF_NewSession(void*, void*, void*)'),
    closeSession: declare('void TF_CloseSession(void*, void*)'),
    deleteSession: declare('void TF_DeleteSession(void*, void*)'),
    sessionRun,

    allocateTensor: declare('void* TF_AllocateTensor(int, int64_t*, int, size_t)'),
    deleteTensor: declare('void TF_DeleteTensor(void*)'),
    tensorData: declare('void* TF_TensorData(void*)'),
    tensorType: declare('int TF_TensorType(void*)'),
    tensorByteSize: declare('size_t TF_TensorByteSize(void*)'),
    tensorNumDims: declare('int TF_NumDims(void*)'),
    tensorDim: declare('int64_t TF_Dim(void*, int)'),

    // Functions of the C library, which TensorFlow is linked with.
    readAt: declare('int64_t pread(int, void*, size_t, int64_t)'),
    advise: declare('int madvise(void*, size_t, int)'),
    copy: declare('void* memcpy(void*, void*, size_t)'),
  };
}

export type CApi = ReturnType<typeof openLibrary>;

/** Memory of TensorFlow as bytes, without a copy: invalid once its owner is freed. */
export function view(pointer: Pointer, bytes: number): Uint8Array<ArrayBuffer> {
  return new Uint8Array(koffi.view(pointer, bytes));
}

/** A copy of a TF_Buffer's contents. */
export function bufferBytes(buffer: Pointer): Uint8Array {
  const { data, length } = koffi.decode(buffer, BUFFER) as { data: Pointer; length: number | bigint };
  return Uint8Array.from(view(data, Number(length)));
}

/** Calls with a new TF_Status. @throws TensorFlowError with TensorFlow's message */
export function checked<T>(api: CApi, call: (status: Pointer) => T): T {
  const status = api.newStatus();
  try {
    const result = call(status);
    if (api.getCode(status) !== 0) throw new TensorFlowError(api.message(status));
    return result;
  } finally {
    api.deleteStatus(status);
  }
}

/** A failure that TensorFlow reports. */
export class TensorFlowError extends Error {
  override name = 'TensorFlowError';
}
