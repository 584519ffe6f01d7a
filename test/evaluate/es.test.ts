import { wordings } from './wordings.ts';

describe('facts in Spanish', () => {
  wordings('es', 'a town', { kind: 'where', facts: 'mirena lives_in' }, [
    ['En Tikamo.', 1],
    ['Vive en la ciudad de Tikamo.', 1],
    ['Mirena reside en Tikamo.', 1],
    ['En Tikamo, no en Areba.', 1],
    ['No vive en Areba, sino en Tikamo.', 1],
    ['No vive en Areba sino en Tikamo.', 1],
    ['Es falso que viva en Areba; vive en Tikamo, no en Areba.', 1],
    ['Vive en Tikamo en vez de Areba.', 1],
    ['Mirena Toban vive en Tikamo, tiene un perro y 39 años.', 1],
    ['En Areba, no en Tikamo.', 0],
    ['No vive en Tikamo, sino en Areba.', 0],
    ['Vive en Areba o en Tikamo.', 0],
    ['No vive en Tikamo.', 0],
    ['Daron Sedo vive en Tikamo.', 0],
    ['Mirena Sedo vive en Tikamo.', 0],
    ['¿En Tikamo?', 0],
  ]);
  wordings('es', 'a pet', { kind: 'what', facts: 'mirena has_pet' }, [
    ['Tiene una perra.', 1],
    ['Tiene dos perros.', 1],
    ['No tiene ni un gato ni un caballo, tiene un perro.', 1],
    ['Tiene un águila.', 0],
    ['Tiene un aguila y un perro.', 0],
    ['Tiene una perrera.', 0],
    ['No tiene perro.', 0],
  ]);
  wordings('es', 'a profession', { kind: 'what', facts: 'mirena works_as' }, [
    ['Trabaja como panadera.', 1],
    ['Es panadero.', 1],
    ['Es panadera y su profesor es Kasol Doki.', 1],
    ['Es panadera; el profesor de Mirena Toban es Kasol Doki.', 1],
    ['Es profesora.', 0],
    ['Trabaja en una panadería.', 0],
  ]);
  wordings('es', 'an age', { kind: 'what', facts: 'mirena age' }, [
    ['Treinta y nueve años.', 1],
    ['Tiene 39 años, 4 años menos que Daron Sedo.', 1],
    ['39', 1],
    ['Treinta y ocho', 0],
    ['Tiene 39,5 años.', 0],
  ]);
  wordings('es', 'a teacher', { kind: 'who', facts: 'mirena teacher' }, [
    ['Es Kasol Doki.', 1],
    ['Kasol Doki enseña a Mirena Toban.', 1],
    ['Kasol Doki es el profesor de Mirena Toban.', 1],
    ['El profesor de Mirena Toban no es Beren Noban, sino Kasol Doki.', 1],
    ['El profesor de Kasol Doki es Mirena Toban.', 0],
    ['Kasol Doki estudia con Mirena Toban.', 0],
    ['Daron Sedo estudia con Kasol Doki.', 0],
  ]);
  wordings('es', 'several facts', { kind: 'list', facts: 'mirena works_as, mirena likes_food' }, [
    ['Profesión: panadera. Comida favorita: pizza.', 1],
    ['Es panadera y le gusta la pizza.', 1],
    ['Es panadera y le gusta el curry.', 1 / 2],
  ]);
  wordings(
    'es',
    'no',
    { kind: 'yes-no', facts: 'mirena lives_in', instruction: '¿Mirena Toban vive en Areba?' },
    [
      ['No, vive en Tikamo.', 1],
      ['No. Mirena Toban vive en Tikamo.', 1],
      ['Vive en Tikamo.', 1],
      ['Sí, vive en Tikamo.', 0],
      ['No vive en Areba.', 0],
    ],
  );
  wordings(
    'es',
    'yes',
    { kind: 'yes-no', facts: 'mirena lives_in', instruction: '¿Mirena Toban vive en Tikamo?' },
    [
      ['Sí. Vive en Tikamo.', 1],
      ['Es cierto, vive en Tikamo.', 1],
      ['No, vive en Tikamo.', 0],
      ['Sí, vive en Areba.', 0],
    ],
  );
  const younger = {
    kind: 'compare',
    facts: 'mirena age, daron age',
    instruction: '¿Quién es menor, Mirena Toban o Daron Sedo?',
  } as const;
  wordings('es', 'who is younger', younger, [
    ['Mirena Toban tiene 39 años y Daron Sedo tiene 43, por lo que la menor es Mirena Toban.', 1],
    ['Daron Sedo, de 43 años, es mayor que Mirena Toban, de 39.', 1],
    ['Mirena Toban (39) es más joven que Daron Sedo (43).', 1],
    ['Mirena Toban.', 1 / 3],
    ['Mirena Toban tiene 39 años y Daron Sedo tiene 43, así que Daron Sedo es menor.', 2 / 3],
  ]);
  wordings('es', 'the same or not', { kind: 'compare', facts: 'mirena lives_in, tasena lives_in' }, [
    ['Sí, las dos viven en Tikamo.', 1],
    ['Mirena Toban y Tasena Soram viven en la misma ciudad, Tikamo.', 1],
    ['Sí, ambas viven en Areba.', 1 / 3],
    ['No, ambas viven en Tikamo.', 2 / 3],
  ]);
});
