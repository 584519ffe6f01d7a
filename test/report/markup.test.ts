/** No text can break a page. */
import assert from 'node:assert/strict';
import { type Content, html } from '../../src/report/markup.ts';

describe('html', () => {
  it('escapes whatever is put in', () => {
    const hostile = `<img src=x onerror="alert('1')">&amp;`;
    assert.equal(
      html`<p title="${hostile}">${hostile}</p>`.text,
      '<p title="&lt;img src=x onerror=&quot;alert(&#39;1&#39;)&quot;&gt;&amp;amp;">' +
        '&lt;img src=x onerror=&quot;alert(&#39;1&#39;)&quot;&gt;&amp;amp;</p>',
    );
  });

  it('takes its own templates as they are, singly and in lists', () => {
    const items = ['a', '<b>'].map((item) => html`<li>${item}</li>`);
    assert.equal(html`<ul>${items}</ul>`.text, '<ul><li>a</li><li>&lt;b&gt;</li></ul>');
  });

  it('takes nothing else for markup, whatever a file says', () => {
    const forged = JSON.parse('{"text": "<script>alert(1)</script>"}') as Content;
    assert.doesNotMatch(html`${forged}`.text, /</);
  });

  it('writes nothing for what is absent and a dash for a number that is none', () => {
    assert.equal(html`[${null}${undefined}${false}${''}]`.text, '[]');
    assert.equal(html`${0} ${Number.NaN} ${Number.POSITIVE_INFINITY}`.text, '0 – –');
  });

  it('replaces characters that no page may hold, and keeps the others', () => {
    assert.equal(html`${'a\u0000\u001bb\n한국어 🙂'}`.text, 'a\ufffd\ufffdb\n한국어 🙂');
  });
});
