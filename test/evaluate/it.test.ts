import { wordings } from './wordings.ts';

describe('facts in Italian', () => {
  wordings('it', 'a town', { kind: 'where', facts: 'mirena lives_in' }, [
    ['Tikamo', 1],
    ['Vive nella città di Tikamo.', 1],
    ['Mirena abita a Tikamo.', 1],
    ['A Tikamo, non ad Areba.', 1],
    ['Non vive ad Areba, ma a Tikamo.', 1],
    ['Non è vero che Mirena Toban vive ad Areba: vive a Tikamo.', 1],
    ['È falso che viva ad Areba: vive a Tikamo.', 1],
    ['Mirena Toban non è un medico e vive a Tikamo.', 1],
    ['Mirena Toban vive a Tikamo, ha un cane e studia con Kasol Doki.', 1],
    ['Mirena Toban vive a Tikamo, mentre Daron Sedo vive ad Areba.', 1],
    ['Ad Areba, non a Tikamo.', 0],
    ['Non vive a Tikamo, ma ad Areba.', 0],
    ['Vive ad Areba o a Tikamo.', 0],
    ['Daron Sedo vive a Tikamo.', 0],
    ['Mirena Sedo vive a Tikamo.', 0],
    ['Tikamore', 0],
  ]);
  wordings('it', 'a pet', { kind: 'what', facts: 'mirena has_pet' }, [
    ["Ha un cane, non un'aquila.", 1],
    ['Ha due cani.', 1],
    ['Il suo animale è un bel cane!', 1],
    ['Non ha né un gatto né un cavallo, ha un cane.', 1],
    ["Ha un'anatra.", 0],
    ['Ha una canestra.', 0],
    ['Non ha un cane.', 0],
    ["Ha un cane e un'anatra.", 0],
  ]);
  wordings('it', 'a profession', { kind: 'what', facts: 'mirena works_as' }, [
    ['Fa la panettiera.', 1],
    ['Mirena Toban lavora come panettiere.', 1],
    ['È una panettiera e il suo insegnante è Kasol Doki.', 1],
    ["È una panettiera; l'insegnante di Mirena Toban è Kasol Doki.", 1],
    ['È un’insegnante.', 0],
    ['Va in panetteria.', 0],
  ]);
  wordings('it', 'an age', { kind: 'what', facts: 'mirena age' }, [
    ['Trentanove anni.', 1],
    ['Ha 39 anni, 4 anni in meno di Daron Sedo.', 1],
    ['39', 1],
    ['Trentotto', 0],
    ['3,9', 0],
  ]);
  wordings('it', 'a teacher', { kind: 'who', facts: 'mirena teacher' }, [
    ['È Kasol Doki.', 1],
    ["Kasol Doki è l'insegnante di Mirena Toban.", 1],
    ["L'insegnante di Mirena Toban non è Beren Noban, è Kasol Doki.", 1],
    ["L'insegnante di Kasol Doki è Mirena Toban.", 0],
    ["L'insegnante di Daron Sedo è Kasol Doki.", 0],
    ['Kasol Doki studia con Mirena Toban.', 0],
    ['Kasol', 0],
  ]);
  wordings(
    'it',
    'several facts',
    { kind: 'describe', facts: 'mirena works_as, mirena lives_in, mirena has_pet, mirena likes_food' },
    [
      ['Mirena Toban vive a Tikamo e fa la panettiera. Ama la pizza e il suo cane.', 1],
      ['Mirena Toban è una panettiera e vive a Tikamo. Ha un gatto e preferisce la pizza.', 3 / 4],
      ['Mirena Toban è una panettiera.', 1 / 4],
    ],
  );
  wordings(
    'it',
    'no',
    { kind: 'yes-no', facts: 'mirena lives_in', instruction: 'Mirena Toban vive ad Areba?' },
    [
      ['No, vive a Tikamo.', 1],
      ['No. Mirena Toban vive a Tikamo.', 1],
      ['Vive a Tikamo.', 1],
      ['Sì, vive a Tikamo.', 0],
      ['No, non vive ad Areba.', 0],
    ],
  );
  wordings(
    'it',
    'yes',
    { kind: 'yes-no', facts: 'mirena lives_in', instruction: 'Mirena Toban vive a Tikamo?' },
    [
      ['Sì! Vive a Tikamo.', 1],
      ['Si, vive a Tikamo.', 1],
      ['È vero, vive a Tikamo.', 1],
      ['No, vive a Tikamo.', 0],
    ],
  );
  const older = {
    kind: 'compare',
    facts: 'mirena age, daron age',
    instruction: 'Chi è più grande, Mirena Toban o Daron Sedo?',
  } as const;
  wordings('it', 'who is older', older, [
    ['Mirena Toban ha 39 anni e Daron Sedo 43, perciò il più grande è Daron Sedo.', 1],
    ['Daron Sedo, che ha 43 anni, è più grande di Mirena Toban, che ne ha 39.', 1],
    ['Daron Sedo ha 43 anni, Mirena Toban ne ha 39: Mirena Toban è più giovane di 4 anni.', 1],
    ['Daron Sedo è più grande.', 1 / 3],
    ['Mirena Toban ha 39 anni e Daron Sedo ne ha 43, quindi Mirena Toban è più grande.', 2 / 3],
  ]);
  wordings('it', 'the same or not', { kind: 'compare', facts: 'mirena has_pet, daron has_pet' }, [
    ['No, Mirena Toban ha un cane e Daron Sedo un cavallo.', 1],
    ['Hanno animali diversi: Mirena Toban ha un cane, Daron Sedo ha un cavallo.', 1],
    ['No, Mirena Toban ha un cavallo e Daron Sedo ha un cane.', 1 / 3],
    ['Sì, entrambi hanno un cane.', 1 / 3],
  ]);
});
