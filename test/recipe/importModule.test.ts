/** Modules of a user's own: from any folder, in any kind of package, read again when changed, and told where they fail. */
import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { importModule } from '../../src/importModule.ts';
import { loadMethod } from '../../src/methods/index.ts';
import { displayPath, projectRoot } from '../../src/paths.ts';
import { loadRecipe } from '../../src/recipe/loadRecipe.ts';
import { temporaryFolder } from '../support/files.ts';

const KEYS = "{ name: 'mine', method: { target: 'ko' }, data: { train: 'a.jsonl' } }";
const MODULE = `import { defineRecipe } from 'plug-tune';\nexport default defineRecipe(${KEYS});`;
const COMMON = `const { defineRecipe } = require('plug-tune');\nmodule.exports = defineRecipe(${KEYS});`;

describe('recipes outside the project', () => {
  const folder = temporaryFolder();
  const write = (name: string, text: string) => {
    const file = join(folder, name);
    mkdirSync(join(file, '..'), { recursive: true });
    writeFileSync(file, text);
    return file;
  };
  const fails = async (file: string, line: string | RegExp) => {
    const error = await loadRecipe(file).then(
      () => assert.fail(`${file} was loaded`),
      (error) => error,
    );
    const message = error.message.replaceAll(displayPath(folder), 'DIR');
    if (typeof line === 'string') assert.equal(message, line);
    else assert.match(message, line);
  };

  it('find this package by its name, in any kind of package, as any kind of module', async () => {
    write('none/package.json', '{}');
    write('commonjs/package.json', '{"type": "commonjs"}');
    write('module/package.json', '{"type": "module"}');
    for (const kind of ['none', 'commonjs', 'module']) {
      for (const ending of ['ts', 'mts', 'js', 'mjs', 'cts', 'cjs']) {
        const file = write(`${kind}/recipe.${ending}`, ending.startsWith('c') ? COMMON : MODULE);
        assert.equal((await loadRecipe(file)).name, 'mine', file);
      }
    }
  });

  it('load from a path with spaces, other scripts and signs of URLs', async () => {
    const file = write('mit Leer 한국 ü#a?b%20/레시피 1.ts', MODULE);
    const recipe = await loadRecipe(file);
    assert.equal(recipe.data.train, join(file, '..', 'a.jsonl'));
  });

  it('are read again when they or what they import have changed', async () => {
    write('changing/name.ts', "export const name: string = 'first';");
    const recipe = `import { name } from './name.ts';\nexport default { ...${KEYS}, name };`;
    const file = write('changing/recipe.ts', recipe);
    assert.equal((await loadRecipe(file)).name, 'first');
    assert.equal((await loadRecipe(file)).name, 'first');
    write('changing/name.ts', "export const name: string = 'second';");
    assert.equal((await loadRecipe(file)).name, 'second');
  });

  it('may use TypeScript, JSON, installed packages, and where they are', async () => {
    write('rich/columns.json', '{ "instruction": "q_{lang}", "response": "a_{lang}" }');
    write(
      'rich/node_modules/dep/package.json',
      '{"name": "dep", "type": "module", "exports": {"import": "./a.js"}}',
    );
    write('rich/node_modules/dep/a.js', 'export const limit = 7; export const here = import.meta.url;');
    const file = write(
      'rich/recipe.ts',
      `import { join } from 'node:path';
       import columns from './columns.json' with { type: 'json' };
       import { here, limit } from 'dep';
       enum Target { Korean = 'ko' }
       const name: string = await Promise.resolve(here.endsWith('a.js') ? 'rich' : 'wrong');
       const train = join(import.meta.dirname, 'rows.jsonl');
       export default { name, method: { target: Target.Korean }, data: { train, limit, columns } };`,
    );
    const { name, data } = await loadRecipe(file);
    assert.equal(name, 'rich');
    assert.deepEqual([data.limit, data.train], [7, join(folder, 'rich/rows.jsonl')]);
    assert.deepEqual(data.columns, { instruction: 'q_{lang}', response: 'a_{lang}' });
  });

  it('give the very classes of the program that loads them', async () => {
    const file = write('same.ts', "export { defineRecipe, UserError } from 'plug-tune';");
    const script = write(
      'script.mts',
      `import { importModule } from ${JSON.stringify(join(projectRoot, 'src/importModule.ts'))};
       import { UserError } from ${JSON.stringify(join(projectRoot, 'src/index.ts'))};
       const [one, two] = [await importModule(${JSON.stringify(file)}, 'x'), await importModule(${JSON.stringify(file)}, 'x')];
       console.log(one === two, one.UserError === UserError);`,
    );
    const args = ['--import', 'tsx', script];
    const { stdout, stderr } = spawnSync(process.execPath, args, { cwd: projectRoot, encoding: 'utf8' });
    assert.equal(stdout, 'true true\n', stderr);
  });

  it('say where a syntax error is, in the file that has it', async () => {
    const text = 'export default {\n  name: "x",\n  method: { target "ko" },\n};\n';
    const line =
      '3:20: expected a recipe in TypeScript or JavaScript, got a syntax error: Expected "}" but found "\\"ko\\""';
    for (const name of ['bad.ts', 'bad.mjs', 'bad.cts', 'sub dir/bad.ts']) {
      await fails(write(name, text), `DIR/${name}:${line}`);
    }
    await fails(write('imports.ts', "import x from './bad.ts';\nexport default x;"), `DIR/bad.ts:${line}`);
    await fails(
      write('twice.ts', 'let a = 1;\nlet a = 2;\nlet a = 3;'),
      /^DIR\/twice\.ts:2:5: .*"a" .*\(and 1 more\)$/,
    );
    await fails(write('binary.ts', '\u0000\u0001'), /^DIR\/binary\.ts:1:1: expected a recipe in TypeScript/);
    await fails(
      write('meta.ts', 'import.meta.url;\nconst x = ;'),
      /^DIR\/meta\.ts:2:11: .*a syntax error: Unexpected ";"$/,
    );
  });

  it('say which import is missing', async () => {
    await fails(
      write('file.ts', "import a from './nowhere.ts';\nexport default a;"),
      'DIR/file.ts:1:15: expected a file to import, got none at "./nowhere.ts"; correct the path',
    );
    await fails(
      write('package.ts', "\nimport a from 'no-such-package';\nexport default a;"),
      'DIR/package.ts:2:15: expected a package to import, got none at "no-such-package"; ' +
        'install it beside the file: npm install no-such-package',
    );
    write('names.ts', 'export const a = 1;');
    await fails(
      write('name.ts', "import { b } from './names.ts';\nexport default b;"),
      'DIR/name.ts:1:10: expected an export to import, got none named "b"',
    );
  });

  it('say where they fail when they run', async () => {
    write('deep.ts', 'interface A { b: number }\nexport const fail = (x: any) => x.y.z;');
    await fails(
      write('runs.ts', "import { fail } from './deep.ts';\nexport default { name: fail(0) };"),
      "DIR/deep.ts:2:37: expected a recipe that runs, got TypeError: Cannot read properties of undefined (reading 'z')",
    );
    await fails(
      write('text.ts', 'throw "a text";'),
      'DIR/text.ts: expected a recipe that runs, got "a text"',
    );
    await fails(
      write(
        'keys.ts',
        `import { defineRecipe } from 'plug-tune';\nexport default defineRecipe({ ...${KEYS}, nme: 1 });`,
      ),
      'DIR/keys.ts: unknown key nme, did you mean name?',
    );
  });

  it('say what they export instead of a recipe', async () => {
    const expected = 'expected `export default defineRecipe({ … })`, got';
    for (const [name, text, got] of [
      ['empty.ts', '', 'no default export'],
      ['named.ts', `export const recipe = ${KEYS};`, 'no default export, only recipe'],
      ['function.ts', `export default () => (${KEYS});`, 'a function as default export'],
      ['list.ts', 'export default [1];', 'a list as default export'],
      ['null.ts', 'export default null;', 'null as default export'],
    ]) {
      await fails(write(name, text), `DIR/${name}: ${expected} ${got}`);
    }
    const waiting = write('waiting.ts', `export default Promise.resolve(${KEYS});`);
    assert.equal((await loadRecipe(waiting)).name, 'mine');
  });

  it('say which kinds of file are read', async () => {
    for (const name of ['recipe.yaml', 'recipe.toml', 'recipe.py', 'recipe']) {
      await fails(
        write(name, 'name: x'),
        /^DIR\/recipe\S*: expected a recipe as a file that ends in \.ts, .*\.json, got /,
      );
    }
    await fails(
      join(folder, 'nowhere.ts'),
      'DIR/nowhere.ts: expected the file of a recipe, got none; check the path',
    );
    await fails(
      join(folder, 'none'),
      'DIR/none: expected the file of a recipe, got a folder without recipe.json; name a file in it, or the folder of a run',
    );
    if (process.platform === 'win32') return;
    await fails('/dev/null', /expected the file of a recipe, got a device;/);
    mkdirSync(join(folder, 'piped'));
    for (const name of ['recipe.json', 'pipe.ts']) {
      execFileSync('mkfifo', [join(folder, 'piped', name)]);
    }
    await fails(
      join(folder, 'piped'),
      /^DIR\/piped\/recipe\.json: expected the file of a recipe, got a named pipe; /,
    );
    await assert.rejects(
      importModule(join(folder, 'piped/pipe.ts'), 'a method'),
      /pipe\.ts: expected the file of a method, got a named pipe; /,
    );
  });

  it('say where JSON is wrong', async () => {
    await fails(
      write('a.json', '{\n  "name": tru\n}'),
      'DIR/a.json:2:11: expected a recipe as JSON, got Unexpected "tru" in JSON',
    );
    await fails(write('b.json', '{"a": 1,}'), /^DIR\/b\.json:1:8: .*trailing commas$/);
    await fails(write('c.json', ' '), 'DIR/c.json: expected a recipe as JSON, got an empty file');
    await fails(write('d.json', '[1]'), /^DIR\/d\.json: the recipe must be an object, got \[1\]/);
    assert.equal(
      (
        await loadRecipe(
          write(
            'e.json',
            `\ufeff${JSON.stringify({ name: 'bom', method: { target: 'ko' }, data: { train: 'a' } })}`,
          ),
        )
      ).name,
      'bom',
    );
  });

  it('tell of ten problems at most', async () => {
    const keys = Array.from({ length: 30 }, (_, i) => [`k${i}`, i]);
    const error = await loadRecipe(write('many.json', JSON.stringify(Object.fromEntries(keys)))).catch(
      (error) => error,
    );
    assert.equal(error.message.split('\n').length, 11);
    assert.match(error.message, /many\.json: and \d+ more$/);
  });
});

describe('methods of one’s own', () => {
  const folder = temporaryFolder();
  it('are loaded the same way', async () => {
    const file = join(folder, 'method.ts');
    writeFileSync(
      file,
      "import { language } from 'plug-tune';\nexport default language('ko').responseHeading;",
    );
    assert.equal((await importModule(file, 'a method')).default, '한국어 응답:');
  });

  it('whose functions throw, or return something else, are named in one line', async () => {
    const method = async (name: string, segments: string) => {
      const file = join(folder, name);
      writeFileSync(
        file,
        `export default {
          name: 'mine', spans: ['end'], own: ['ko'], languages() { return this.own; },
          segments() { ${segments} }, prompt: () => [], answer: () => null,
        };`,
      );
      return loadMethod(file);
    };
    const settings = { name: 'mine', target: 'ko', pivot: 'en' };
    const example = { id: '1', turns: {} };
    const throwing = await method('throws.ts', "throw new RangeError('one\\ntwo');");
    assert.deepEqual(throwing.languages(settings), ['ko']);
    assert.throws(() => throwing.segments(example, settings), {
      name: 'UserError',
      message: /throws\.ts: segments\(\): expected a value, got RangeError: one two; correct the method/,
    });
    const empty = await method('empty.ts', '');
    assert.throws(() => empty.segments(example, settings), {
      message: /empty\.ts: segments\(\): expected a list, got nothing; correct the method$/,
    });
    assert.throws(() => empty.answer('a', settings), {
      message: /answer\(\): expected an object, got null;/,
    });
  });
});
