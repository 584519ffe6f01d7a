/** The languages of the world, in the order of their columns. A new language is one more file and one more line here. */
import type { Language } from '../language.ts';
import { en } from './en.ts';
import { es } from './es.ts';
import { it } from './it.ts';
import { ko } from './ko.ts';
import { zh } from './zh.ts';

export const languages: Language[] = [en, ko, zh, it, es];
