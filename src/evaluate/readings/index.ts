/** The languages that facts can be read in, by code. A new language is one more file and one more line here. */
import type { Reading } from '../reading.ts';
import { en } from './en.ts';
import { es } from './es.ts';
import { it } from './it.ts';
import { ko } from './ko.ts';
import { zh } from './zh.ts';

export const READINGS: Record<string, Reading> = { en, ko, zh, it, es };
