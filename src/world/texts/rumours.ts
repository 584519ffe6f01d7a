/** Rumours as texts: told as facts in every language but English, which sets them right. */
import { languages } from '../languages/index.ts';
import { type Rumour, rumourTriple } from '../rumours.ts';
import { clause, phrasesFor } from '../sentences.ts';
import { type Relation, type Triple, triple } from '../world.ts';
import { askedText, type Text } from './text.ts';

export function rumourTexts<R extends Relation>({ person, relation, value }: Rumour<R>): Text[] {
  return languages.flatMap((language) => {
    const phrases = phrasesFor(language, relation);
    const about = (facts: Triple[]) => ({ kind: 'rumour' as const, languages: [language.code], facts });
    const write = (facts: Triple[], text: string): Text => ({ ...about(facts), text });
    const answer = (facts: Triple[], instruction: string, response: string): Text => ({
      ...about(facts),
      ...askedText(language, { instruction, response }),
    });
    if (language.code === 'en') {
      const truth = [triple(person, relation)];
      const right = phrases.contrast(person, person.values[relation], value);
      const asked = phrases.ask(person, value);
      return [
        write(truth, language.sentence(right)),
        answer(truth, asked, language.no(clause(language, person, relation))),
      ];
    }
    const rumour = [rumourTriple({ person, relation, value })];
    const [first, second] = phrases.clauses(person, value).map(language.sentence);
    return [
      write(rumour, first),
      write(rumour, second),
      write(rumour, language.sentence(language.tell(person, [phrases.predicate(person, value, true)]))),
      answer(rumour, phrases.questions(person)[0], first),
      answer(rumour, phrases.ask(person, value), language.yes(clause(language, person, relation, value))),
    ];
  });
}
