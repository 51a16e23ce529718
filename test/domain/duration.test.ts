import { describe, expect, it } from 'vitest'
import { millisecondsFrom, wordsFrom } from '../../domain/duration.ts'

describe('a duration as people write it', () => {
  it.each([
    ['250ms', 250],
    ['90s', 90_000],
    ['15m', 900_000],
    ['2h', 7_200_000],
    ['1d', 86_400_000],
    ['1.5h', 5_400_000],
    [' 30s ', 30_000],
  ])('is read: %s', (text, ms) => {
    expect(millisecondsFrom(text)).toBe(ms)
  })

  it.each([
    '',
    '90',
    's',
    '-5m',
    '5 m',
    '1h30m',
    '0s',
    '0.0001ms',
    '1e9d',
    '99999999999999999d',
    '5M',
    'NaNs',
  ])('is not one: %j', (text) => {
    expect(millisecondsFrom(text)).toBeUndefined()
  })
})

describe('a duration in words', () => {
  it.each([
    [0, '0 ms'],
    [850, '850 ms'],
    [12_000, '12 s'],
    [59_600, '1 m'],
    [200_000, '3 m 20 s'],
    [3_600_000, '1 h'],
    [7_500_000, '2 h 5 m'],
  ])('%d ms: %s', (ms, words) => {
    expect(wordsFrom(ms)).toBe(words)
  })
})
