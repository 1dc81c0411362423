import { expect, test } from 'vitest';
import { answerMark, answerWord, took } from './decision-words.ts';

test('answers have a word and a mark of their own', () => {
  const words = [
    { answer: 'allow', effect: 'ignore' },
    { answer: 'allow', effect: 'alert' },
    { answer: 'deny', effect: 'block' },
    { answer: 'deny', effect: 'alert', outcome: 'reported' },
    { answer: 'deny', effect: 'block', outcome: 'stopped' },
  ] as const;
  expect(words.map(answerWord)).toEqual(['Allowed', 'Alerted', 'Refused', 'Reported', 'Stopped']);
  expect(words.map(answerMark)).toEqual(['pass', 'partly', 'stopped', 'fail', 'stopped']);
});

test('times are told in the unit that fits', () => {
  expect([0.4, 4.2, 950, 4210, 12_400].map(took)).toEqual(['< 1 ms', '4 ms', '950 ms', '4.2 s', '12 s']);
});
