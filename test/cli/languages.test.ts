/** The example of docs/languages.md, word for word: trained, asked, evaluated, and listed. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { getMethod } from '../../src/methods/index.ts';
import { projectRoot } from '../../src/paths.ts';
import { loadRecipe } from '../../src/recipe/loadRecipe.ts';
import { startCli } from '../support/cli.ts';
import { temporaryFolder } from '../support/files.ts';

const page = readFileSync(join(projectRoot, 'docs/languages.md'), 'utf8');
/** The block of the page behind its three backquotes and `name`. */
const block = (name: string) => page.split(`\`\`\`${name}\n`)[1].split('```')[0];

describe('a language of one’s own', () => {
  const folder = temporaryFolder();
  const at = (name: string) => join(folder, name);
  const run = async (...args: string[]) => {
    const ended = await startCli(folder, args).ended;
    assert.equal(ended.code, 0, ended.error);
    return ended;
  };
  const SMALL = [
    ['--tokenizer.vocabSize', '300', '--model.dModel', '16', '--model.nLayers', '1', '--model.nHeads', '2'],
    [
      '--model.ffnDim',
      '32',
      '--train.steps',
      '3',
      '--data.validationShare',
      '0',
      '--generate.maxNewTokens',
      '4',
    ],
  ].flat();
  before(() => {
    writeFileSync(at('german.ts'), block('ts recipe'));
    writeFileSync(at('pairs.jsonl'), block('jsonl rows'));
    writeFileSync(at('languages.json'), block('json file'));
    writeFileSync(at('by-german.ts'), block('ts pivot'));
    writeFileSync(at('questions.jsonl'), '{"id": "1", "instruction_de": "Wie viele?", "answer": 3}\n');
  });

  it('is trained, stored with the run, and known to what asks the run', async function () {
    this.timeout(120_000);
    const trained = await run('train', '--recipe', 'german.ts', '--output', 'run', ...SMALL);
    assert.match(
      trained.error,
      /language de: not given, so made from its name: instructionHeading "German instruction:"\n/,
    );
    const stored = JSON.parse(readFileSync(at('run/recipe.json'), 'utf8'));
    assert.equal(stored.languages.de.responseHeading, 'Antwort auf Deutsch:');
    const asked = await run(
      'generate',
      '--checkpoint',
      'run',
      '--json',
      '--quiet',
      'Welche Farbe hat das Haus?',
    );
    assert.equal(JSON.parse(asked.out).instruction, 'Welche Farbe hat das Haus?');
    assert.equal(asked.error, '');
    const { out } = await run('evaluate', '--model', 'run', '--data', 'questions.jsonl', '--json', '--quiet');
    assert.equal(JSON.parse(out).target, 'de');
  });

  it('is asked from a pipe, a line at a time: answers go to stdout, all else to stderr', async () => {
    const { child, ended } = startCli(folder, ['generate', '--checkpoint', 'run']);
    child.stdin?.end('Welche Farbe?\r\n\nWas ist das?');
    const { code, out, error } = await ended;
    assert.equal(code, 0, error);
    assert.equal(out, '\n\n', 'a model of three steps has no answer, and an empty line for each');
    assert.equal(error.match(/no answer found in: /g)?.length, 2);
    const nothing = startCli(folder, ['generate', '--checkpoint', 'run']);
    nothing.child.stdin?.end('\n');
    const refused = await nothing.ended;
    assert.equal(refused.code, 1);
    assert.match(refused.error, /^generate: expected a prompt as an argument, or prompts on stdin, .*\n$/);
  });

  it('is asked in a chat at a terminal', async function () {
    this.timeout(60_000);
    if (process.platform !== 'linux') this.skip(); // `script` takes other arguments elsewhere
    const main = join(projectRoot, 'src/cli/main.ts');
    const command = `${process.execPath} --import tsx ${main} generate --checkpoint ${at('run')}`;
    const child = spawn('script', ['-qec', command, '/dev/null'], { cwd: projectRoot });
    const keys = [
      '/help\r',
      '\x1b[200~Welche\nFarbe\x1b[201~',
      '\r',
      '/draft off\r',
      'abc\x03',
      '\x03',
      '\x03',
    ];
    const after = ['> ', '> ', 'Farbe', '> ', 'not shown', '> ', 'Ctrl-C again'];
    let [text, seen] = ['', 0];
    child.stdout.on('data', (chunk) => {
      text += chunk;
      const at = after.length > 0 ? text.indexOf(after[0], seen) : -1;
      if (at < 0) return;
      seen = text.length;
      after.shift();
      setTimeout(() => child.stdin.write(keys.shift()), 100);
    });
    const code = await new Promise((resolve) => child.on('close', resolve));
    assert.equal(code, 0, text);
    assert.match(text, /\/reset +forget the turns so far/);
    assert.match(text, /Welche⏎Farbe/);
    assert.match(text, /no answer found in/);
    assert.match(text, /drafts are not shown/);
    assert.match(text, /Ctrl-C again or \/exit ends the chat/);
  });

  it('shows in the examples, from the recipe and from the file', async function () {
    this.timeout(60_000);
    const shown = (await run('data', '--show', 'german.ts', '--tokenizer.vocabSize', '300')).out;
    assert.match(shown, /both in English and in German\.\n/);
    assert.match(shown, /\[targetResponse: \s*Antwort auf Deutsch:\nDas Haus ist rot\.\]/);
    const command =
      'data --show plug-ko --method.target de --data.train pairs.jsonl --tokenizer.vocabSize 300 --model none';
    const same = (await run(...command.split(' '), '--languages', 'languages.json')).out;
    assert.equal(same.split('\n').slice(1).join('\n'), shown.split('\n').slice(1).join('\n'));
  });

  it('may be the pivot, with prompts of its own', async () => {
    const { method, languages } = await loadRecipe(at('by-german.ts'));
    const pair = { target: 'ko', pivot: method.pivot, languages };
    assert.equal(
      getMethod('plug').prompt('Q', pair)[0].text,
      'Gib die Anweisung auf Deutsch wieder und antworte dann auf Deutsch und auf Koreanisch.',
    );
    const turns = { ko: [{ instruction: 'Q', response: 'A' }], de: [{ instruction: 'F', response: 'R' }] };
    const texts = getMethod('plug')
      .segments({ id: '1', turns }, pair)[0]
      .map(({ text }) => text);
    assert.equal(texts[2], 'Anweisung auf Deutsch:\nF');
  });

  it('is listed', async () => {
    const { out, error } = await run('languages', '--languages', 'languages.json');
    assert.match(out, /^ {2}de {2}German {3}German instruction: {2}Antwort auf Deutsch:$/m);
    assert.match(out, /^ {2}ko {2}Korean /m);
    assert.match(error, /^language de: not given, so made from its name: instructionHeading/);
    const json = JSON.parse((await run('languages', '--recipe', 'german.ts', '--json')).out);
    assert.deepEqual(Object.keys(json), ['en', 'zh', 'ko', 'it', 'es', 'de']);
  });
});
