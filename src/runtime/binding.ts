/**
 * Builds the native half of @tensorflow/tfjs-node-gpu against a TensorFlow, with one compiler call and no node-gyp:
 * the package ships its C++ sources, `node-api-headers` has Node's headers and the wheel has TensorFlow's. The small
 * module of `capture.cc` is built beside it.
 */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { type FileRecord, hashFile, recordFile } from './cache.ts';
import { type Context, libraryNames } from './context.ts';
import { fromPip, installCommand, SetupError } from './errors.ts';
import { findProgram, runProgram } from './programs.ts';

const CAPTURE = fileURLToPath(new URL('capture.cc', import.meta.url));

/** The binding's two files, in the order in which they are loaded. */
export const BINDING_FILES = ['capture.node', 'tfjs_binding.node'];

/** Names the folder of a binding: the sources that go into it decide. */
export function bindingKey(context: Context): string {
  const sources = createHash('sha256').update(readFileSync(CAPTURE)).update(COMMON.join(' '));
  return `binding-${context.tfjs.version}-${sources.digest('hex').slice(0, 8)}`;
}

const COMMON = ['-std=c++17', '-O2', '-shared', '-fPIC', '-DNAPI_VERSION=8'];

/** The compiler's command, words apart: CXX when set, else the first on the PATH. */
export function findCompiler(context: Context): string[] {
  const chosen = context.env.CXX?.split(' ').filter(Boolean) ?? [];
  const program = findProgram(chosen.length ? [chosen[0]] : ['c++', 'g++', 'clang++'], context.env);
  if (program) return [program, ...chosen.slice(1)];
  const got = chosen.length ? `CXX="${chosen.join(' ')}"` : 'none';
  const fix = `run: ${installCommand('compiler', context.platform)}`;
  throw new SetupError('compiler', 'PATH', 'a C++ compiler (c++, g++ or clang++)', got, fix);
}

/** Compiles and links a line that needs the standard library, before anything large is fetched. */
export async function checkCompiler(context: Context, temporary: string): Promise<void> {
  const [compiler, ...words] = findCompiler(context);
  const source = path.join(temporary, 'check.cc');
  await writeFile(source, '#include <string>\nstd::string check(int i) { return std::to_string(i); }\n');
  const args = [...words, ...COMMON, source, '-o', path.join(temporary, 'check.so')];
  const { code, stderr } = await runProgram(compiler, args, { env: { ...context.env, TMPDIR: temporary } });
  if (code !== 0) throw compilerError(context, compiler, stderr);
  await Promise.all([rm(source), rm(path.join(temporary, 'check.so'), { force: true })]);
}

/**
 * Compiles into `folder/KEY` and returns the records of the two files.
 * @param tensorflow the folder of the libraries and headers, absolute.
 * @param runPath where the loader looks for the libraries: `$ORIGIN/…` for a cache that may be moved.
 */
export async function buildBinding(
  context: Context,
  folder: string,
  tensorflow: string,
  runPath: string,
): Promise<FileRecord[]> {
  const key = bindingKey(context);
  const [compiler, ...words] = findCompiler(context);
  const nodeHeaders = createRequire(import.meta.url)('node-api-headers') as { include_dir: string };
  const [main, framework] = libraryNames(context.platform);
  const darwin = context.platform.startsWith('darwin');
  const include = [nodeHeaders.include_dir, path.join(tensorflow, 'include'), context.tfjs.folder];
  const sources = ['tfjs_backend.cc', 'tfjs_binding.cc'].map((name) =>
    path.join(context.tfjs.folder, 'binding', name),
  );
  // The older kind of run path (DT_RPATH) goes before LD_LIBRARY_PATH, which may hold another TensorFlow.
  const link = darwin
    ? ['-undefined', 'dynamic_lookup', `-Wl,-rpath,${runPath.replace('$ORIGIN', '@loader_path')}`]
    : ['-Wl,--disable-new-dtags', `-Wl,-rpath,${runPath}`];
  const library = (name: string) => (darwin ? path.join(tensorflow, name) : `-l:${name}`);
  await mkdir(path.join(folder, key), { recursive: true });
  const compile = async (output: string, inputs: string[], libraries: string[]) => {
    const args = [
      ...words,
      ...COMMON,
      ...include.flatMap((place) => ['-I', place]),
      ...inputs,
      ...['-o', path.join(folder, key, output), '-L', tensorflow],
      ...libraries.map(library),
      ...link,
    ];
    const { code, stderr } = await runProgram(compiler, args, { env: { ...context.env, TMPDIR: folder } });
    if (code !== 0) throw compilerError(context, compiler, stderr);
  };
  await compile(BINDING_FILES[0], [CAPTURE], []);
  await compile(BINDING_FILES[1], sources, [main, framework]);
  const files = BINDING_FILES.map((name) => path.join(key, name));
  return Promise.all(
    files.map(async (file) => recordFile(folder, file, await hashFile(path.join(folder, file)))),
  );
}

function compilerError(context: Context, compiler: string, stderr: string): SetupError {
  if (/No space left on device/.test(stderr)) return fromPip(stderr, 'the compiled binding', context.cache);
  const header = /error: (\S+): No such file|'(\S+)' file not found/.exec(stderr);
  if (header) {
    const name = header[1] ?? header[2];
    const ofTensorFlow = /^(tensorflow|tsl|xla)\//.test(name);
    const install = `run: ${installCommand('compiler', context.platform)}`;
    const fix = ofTensorFlow ? 'name the folder of a whole TensorFlow wheel' : install;
    return new SetupError('headers', compiler, `the header ${name}`, 'no such file', fix);
  }
  const line =
    stderr.split('\n').find((text) => /error/i.test(text)) ?? stderr.trim().split('\n').at(-1) ?? '';
  const fix = `mend what the compiler says, or run: ${installCommand('compiler', context.platform)}`;
  return new SetupError('compiler', compiler, 'the binding compiled', line.trim() || 'no message', fix);
}
