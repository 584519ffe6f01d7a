import assert from 'node:assert/strict';
import { jinjaTemplate } from '../../src/tokenizer/jinja.ts';

describe('jinjaTemplate', () => {
  const messages = [{ role: 'user', content: 'hi' }];
  const render = (source: string) => jinjaTemplate(source)({ messages });

  it('renders, with the functions that templates know', () => {
    assert.equal(render('{% for m in messages %}{{ m.role }}: {{ m.content }}\n{% endfor %}'), 'user: hi\n');
    assert.equal(render('{% for i in range(3, 0, -1) %}{{ i }}{% endfor %}{{ range(4)|length }}'), '3214');
    assert.equal(render('{% for i in range(0, 5, 2) %}{{ i }}{% endfor %}'), '024');
    assert.equal(render('{{ none is none and true and not False }}'), 'true');
    assert.throws(() => render("{{ raise_exception('no system') }}"), /no system/);
  });

  it('lets variables stand for themselves, whatever their names', () => {
    const template = jinjaTemplate(
      '{{ constructor }}{{ __proto__ }}{{ messages[0].constructor }}{{ sep is defined }}',
    );
    assert.equal(template({ messages }), 'false');
    assert.equal(jinjaTemplate('{{ constructor }}')({ constructor: 'x' }), 'x');
  });

  const hostile: Record<string, [string, RegExp]> = {
    'a range of 10⁹': ['{% for i in range(1000000000) %}x{% endfor %}', /range\(\) of 1000000000/],
    'a range without end': ['{% for i in range(0, 1, 0) %}x{% endfor %}', /range\(\) of Infinity/],
    'loops in loops': [
      '{% for i in range(40000) %}{% for j in range(40000) %}{% endfor %}{% endfor %}',
      /too many steps/,
    ],
    'a macro that calls itself twice': [
      '{% macro f(n) %}{% if n > 0 %}{{ f(n-1) }}{{ f(n-1) }}{% endif %}{% endmacro %}{{ f(60) }}',
      /too many steps/,
    ],
    'a text that doubles': [
      "{% set n = namespace(x='a') %}{% for i in range(99) %}{% set n.x = n.x + n.x %}{% endfor %}{{ n.x }}",
      /a text of \d+ characters/,
    ],
    'a list of lists that doubles': [
      "{% set n = namespace(x=['a']) %}{% for i in range(99) %}{% set n.x = [n.x, n.x] %}{% endfor %}{{ n.x|tojson }}",
      /a list or mapping of more than/,
    ],
    'a namespace in itself': [
      '{% set n = namespace() %}{% set n.x = [n, n] %}{{ n.x|tojson }}',
      /call stack/,
    ],
    'an indent of 10⁹': ['{{ messages|tojson(indent=1000000000) }}', /string length/],
    'brackets in brackets': [`{{ ${'('.repeat(50_000)}1 }}`, /call stack/],
    'a template of 10⁶ characters': ['x'.repeat(1_000_000), /1000000 characters/],
    'a long run of white space': [`${' '.repeat(100_000)}{% if true %}`, /characters of white space/],
  };
  for (const [what, [source, message]] of Object.entries(hostile)) {
    it(`ends ${what}`, () => {
      assert.throws(() => render(source), message);
    });
  }
});
