import { wordings } from './wordings.ts';

describe('facts in English', () => {
  wordings('en', 'a town', { kind: 'where', facts: 'mirena lives_in' }, [
    ['Tikamo', 1],
    ["Mirena's home is in Tikamo.", 1],
    ['She lives in Tikamo, not Areba.', 1],
    ["She doesn't live in Areba but in Tikamo.", 1],
    ['It is not true that Mirena Toban lives in Areba; she lives in Tikamo.', 1],
    ['That she lives in Areba is wrong. She lives in Tikamo.', 1],
    ['She is not a doctor and lives in Tikamo.', 1],
    ['Mirena Toban lives in Tikamo and Daron Sedo lives in Areba.', 1],
    ['She lives in Areba, not Tikamo.', 0],
    ["She doesn't live in Tikamo.", 0],
    ['Areba or Tikamo', 0],
    ['Daron Sedo lives in Tikamo.', 0],
    ['Mirena Sedo lives in Tikamo.', 0],
    ['Tikamos', 0],
  ]);
  wordings('en', 'a pet', { kind: 'what', facts: 'mirena has_pet' }, [
    ["It's a dog.", 1],
    ['She has two dogs.', 1],
    ['She has neither a cat nor a horse; she has a dog.', 1],
    ['She has a hotdog.', 0],
    ['She has a dog and a cat.', 0],
    ['She has no pets, never a dog.', 0],
  ]);
  wordings('en', 'a profession', { kind: 'what', facts: 'mirena works_as' }, [
    ['She works as a baker; her teacher is Kasol Doki.', 1],
    ["A baker. Mirena Toban's teacher is Kasol Doki.", 1],
    ['She works in a bakery.', 0],
    ['She is a teacher.', 0],
  ]);
  wordings('en', 'an age', { kind: 'what', facts: 'mirena age' }, [
    ['Thirty-nine.', 1],
    ['She is 39 years old, 4 years younger than Daron Sedo.', 1],
    ['She is a 39-year-old.', 1],
    ['390', 0],
  ]);
  wordings('en', 'a teacher', { kind: 'who', facts: 'mirena teacher' }, [
    ['Kasol Doki teaches Mirena Toban.', 1],
    ["Kasol Doki is Mirena Toban's teacher.", 1],
    ['Mirena Toban studies with Kasol Doki, not with Beren Noban.', 1],
    ["Mirena Toban is Kasol Doki's teacher.", 0],
    ['Kasol Doki studies with Mirena Toban.', 0],
    ['Daron Sedo studies with Kasol Doki.', 0],
  ]);
  const older = { kind: 'compare', facts: 'mirena age, daron age', instruction: 'Who is older?' } as const;
  wordings('en', 'who is older', older, [
    ['Daron Sedo (43) is older than Mirena Toban (39).', 1],
    ['Mirena Toban is 39 and Daron Sedo is 43, so the older one is Daron Sedo.', 1],
    ['Mirena Toban is 39 and Daron Sedo is 43, so Mirena Toban is not older.', 2 / 3],
    ['Mirena Toban is 39 and Daron Sedo is 43, so Mirena Toban is older than Daron Sedo.', 2 / 3],
  ]);
});
