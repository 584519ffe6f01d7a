/** A model that is not there: what was found in its place, and how to get one. */
import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { missingModel } from '../../src/checkpoint/missing.ts';
import { readConfig } from '../../src/checkpoint/model.ts';
import { fromCaller } from '../../src/paths.ts';
import { temporaryFolder } from '../support/files.ts';

const lineOf = (path: string) => missingModel(fromCaller(path)).message;

describe('a model that is missing', () => {
  const dir = temporaryFolder();

  it('is fetched by the name that was given, where that is one of the hub', () => {
    assert.equal(
      lineOf('Qwen/Qwen3-0.6B'),
      'Qwen/Qwen3-0.6B: expected a model directory with config.json, got no such folder; ' +
        'fetch it first: hf download Qwen/Qwen3-0.6B --local-dir models/Qwen3-0.6B, ' +
        'then give --model models/Qwen3-0.6B, or name any directory with config.json, safetensors and a tokenizer',
    );
  });

  it('is fetched to the path that was given otherwise', () => {
    for (const path of ['models/mine', 'qwen', 'a/b/c']) {
      assert.match(
        lineOf(path),
        new RegExp(`; fetch it first: hf download OWNER/NAME --local-dir ${path}, or name any`),
      );
    }
    assert.match(
      lineOf('checkpoints/plug-xx'),
      /; npm run train -- --recipe NAME makes one in checkpoints\/NAME$/,
    );
  });

  it('is looked for among the runs', () => {
    assert.match(lineOf('world-base'), /got no such folder; did you mean checkpoints\/world-base\?$/);
  });

  it('says what is there instead', async () => {
    writeFileSync(join(dir, 'model.safetensors'), '');
    mkdirSync(join(dir, 'empty'));
    assert.match(lineOf(join(dir, 'model.safetensors')), /got a file; name the folder that holds it$/);
    await assert.rejects(
      readConfig(join(dir, 'empty')),
      /got none; config\.json, safetensors and a tokenizer belong in it$/,
    );
    mkdirSync(join(dir, 'empty/replaced-0123abcd'));
    assert.match(lineOf(join(dir, 'empty')), /; an earlier run is kept in .*empty\/replaced-0123abcd while/);
    await assert.rejects(readConfig(join(dir, 'nowhere')), /got no such folder; fetch it first: hf download/);
  });
});
