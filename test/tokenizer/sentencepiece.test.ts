import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { loadTokenizer } from '../../src/tokenizer/load.ts';
import { PieceType, parseSentencePieceModel } from '../../src/tokenizer/sentencepieceModel.ts';
import { temporaryFolder } from '../support/files.ts';
import { golden, loadFiles } from './support.ts';

describe('SentencePiece', () => {
  const folder = temporaryFolder();
  const newFolder = () => mkdtempSync(join(folder, 'sp-'));
  const bpe = Buffer.from(golden.sentencepieceBpe.model, 'base64');
  const unigram = Buffer.from(golden.sentencepieceUnigram.model, 'base64');

  it('reads pieces, types and special ids from the model', () => {
    const model = parseSentencePieceModel(bpe, 'm');
    assert.deepEqual([model.unkId, model.bosId, model.eosId, model.padId], [0, 1, 2, -1]);
    assert.deepEqual(
      [model.byteFallback, model.addDummyPrefix, model.removeExtraWhitespaces],
      [true, true, false],
    );
    assert.deepEqual(model.pieces.slice(0, 4), ['<unk>', '<s>', '</s>', '<0x00>']);
    assert.deepEqual(model.types.slice(0, 4), [
      PieceType.unknown,
      PieceType.control,
      PieceType.control,
      PieceType.byte,
    ]);
    const other = parseSentencePieceModel(unigram, 'm');
    assert.deepEqual(
      [other.byteFallback, other.removeExtraWhitespaces, other.pieces.length],
      [false, true, 480],
    );
  });

  it('takes fields that the model says over the defaults', () => {
    // trainer_spec { bos_id: -16, eos_id: 1, pad_id: 300, unk_id: 0 }: a later message is merged with the first.
    const minus16 = [0xf0, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01];
    const spec = [0xc8, 0x02, ...minus16, 0xd0, 0x02, 1, 0xd8, 0x02, 0xac, 0x02, 0xc0, 0x02, 0];
    const model = parseSentencePieceModel(
      Buffer.concat([bpe, Buffer.from([0x12, spec.length, ...spec])]),
      'm',
    );
    assert.deepEqual([model.bosId, model.eosId, model.padId, model.unkId], [-16, 1, 300, 0]);
  });

  it("decodes as Python's library does", async () => {
    for (const [bytes, { ids, decoded }] of [
      [bpe, golden.sentencepieceBpe],
      [unigram, golden.sentencepieceUnigram],
    ] as const) {
      const tokenizer = await loadFiles(newFolder(), { 'tokenizer.model': bytes });
      ids.forEach((one, i) => {
        assert.equal(tokenizer.decode(one ?? []), decoded[i]);
      });
    }
  });

  it('keeps the space that text goes on with, also where runs of spaces become one', async () => {
    const tokenizer = await loadFiles(newFolder(), { 'tokenizer.model': unigram });
    const both = (a: string, b: string) =>
      tokenizer.decode([...tokenizer.encode(a), ...tokenizer.encode(b, { continuing: true })]);
    assert.equal(both('The', ' dog'), 'The dog');
    assert.equal(both('The', '   dog'), 'The dog');
    assert.equal(both('The', 'dog'), 'Thedog');
  });

  it('goes on behind a character that joins with nothing', async () => {
    // Each single Han character or sign gets a piece with 'd' after it, likelier than the two apart, but for 门.
    const { pieces } = parseSentencePieceModel(unigram, 'm');
    const signs = pieces.filter((piece) => /^[\p{Script=Han}\p{P}\p{So}]$/u.test(piece));
    const added = signs
      .filter((sign) => !'▁门'.includes(sign))
      .map((sign) => {
        const piece = Buffer.from(`${sign}d`);
        const score = [0x15, 0, 0, 0, 0]; // 0, the best there is
        return Buffer.from([0x0a, piece.length + 7, 0x0a, piece.length, ...piece, ...score]);
      });
    const model = Buffer.concat([unigram, ...added]);
    const tokenizer = await loadFiles(newFolder(), { 'tokenizer.model': model });
    assert.equal(tokenizer.decode(tokenizer.encode('dog', { continuing: true })), 'dog');
  });

  it('puts no word start before text that continues', async () => {
    const tokenizer = await loadFiles(newFolder(), { 'tokenizer.model': bpe });
    const { pieces } = parseSentencePieceModel(bpe, 'm');
    for (const text of ['dog', '中文', '한국', '\n', '쀍']) {
      assert.ok(pieces[tokenizer.encode(text)[0]].startsWith('▁'), text);
      assert.ok(!pieces[tokenizer.encode(text, { continuing: true })[0]].startsWith('▁'), text);
    }
    assert.equal(pieces[tokenizer.encode(' dog', { continuing: true })[0]].startsWith('▁'), true);
  });

  it('leaves no error handlers of the WebAssembly glue in the process', async () => {
    const events = ['uncaughtException', 'unhandledRejection'];
    const before = events.map((event) => process.listenerCount(event));
    await loadFiles(newFolder(), { 'tokenizer.model': bpe });
    assert.deepEqual(
      events.map((event) => process.listenerCount(event)),
      before,
    );
  });

  it('takes a lone surrogate for U+FFFD and loses nothing after it', async () => {
    const tokenizer = await loadFiles(newFolder(), { 'tokenizer.model': bpe });
    assert.equal(tokenizer.decode(tokenizer.encode('a\ud800b')), 'a\ufffdb');
  });

  it('lets tokenizer_config.json name the end and pad tokens', async () => {
    const config = { eos_token: { content: '<s>' }, pad_token: '<unk>', add_bos_token: false };
    const tokenizer = await loadFiles(newFolder(), {
      'tokenizer.model': bpe,
      'tokenizer_config.json': config,
    });
    assert.deepEqual([tokenizer.bosId, tokenizer.eosId, tokenizer.padId], [null, 1, 0]);
    const dir = newFolder();
    await tokenizer.save(dir);
    const again = await loadTokenizer(dir);
    assert.deepEqual([again.bosId, again.eosId, again.padId], [null, 1, 0]);
  });

  it("saves the class by which Python's AutoTokenizer reads a model like Llama's, unless one is named", async () => {
    const saved = async (model: Buffer, config: object) => {
      const dir = newFolder();
      const files = { 'tokenizer.model': model, 'tokenizer_config.json': config };
      await (await loadFiles(newFolder(), files)).save(dir);
      return JSON.parse(readFileSync(join(dir, 'tokenizer_config.json'), 'utf8')).tokenizer_class;
    };
    assert.equal(await saved(bpe, {}), 'LlamaTokenizer');
    assert.equal(await saved(bpe, { tokenizer_class: 'GemmaTokenizer' }), 'GemmaTokenizer');
    assert.equal(await saved(unigram, {}), undefined);
  });

  it('says what is wrong', async () => {
    const added = { eos_token: '<|im_end|>' };
    await assert.rejects(
      loadFiles(newFolder(), { 'tokenizer.model': bpe, 'tokenizer_config.json': added }),
      /tokenizer\.model: expected the end token to be in its vocabulary, got <\|im_end\|>; add it to added_tokens\.json/,
    );
    const cut = bpe.subarray(0, 1000);
    await assert.rejects(
      loadFiles(newFolder(), { 'x.model': cut }),
      /x\.model: expected a SentencePiece model, got/,
    );
    const other = Buffer.from('a spaCy model or the like');
    await assert.rejects(
      loadFiles(newFolder(), { 'y.model': other }),
      /y\.model: expected a SentencePiece model, got/,
    );
    await assert.rejects(loadFiles(newFolder(), { 'z.model': Buffer.alloc(0) }), /got a file with no pieces/);
    const twice = Buffer.concat([bpe, Buffer.from([0x0a, 3, 0x0a, 1, 0x61])]); // a second piece 'a'
    await assert.rejects(
      loadFiles(newFolder(), { 'twice.model': twice }),
      /twice\.model: expected a model that SentencePiece can run, got one that it refuses/,
    );
    const tokenizer = await loadFiles(newFolder(), { 'tokenizer.model': bpe });
    const dir = newFolder();
    writeFileSync(join(dir, 'tokenizer.json'), '{}');
    await assert.rejects(tokenizer.save(dir), /expected no tokenizer\.json, got one; remove it/);
  });
});
