import { describe, expect, it } from 'vitest'
import { byteRate, bytes, clockDuration, counted, decibels, megabytes, percent, shortDuration } from './format.ts'

describe('format', () => {
  it.each([
    [0, '0 MB'],
    [812 * 1024 ** 2, '812 MB'],
    [8.1 * 1024 ** 3, '8.1 GB'],
    [32 * 1024 ** 3, '32 GB'],
    [1.8 * 1024 ** 4, '1.8 TB'],
  ])('%d bytes are %s', (value, text) => expect(bytes(value)).toBe(text))

  it.each([
    [-5, '0:00'],
    [0, '0:00'],
    [59_999, '0:59'],
    [61_000, '1:01'],
    [3_723_000, '1:02:03'],
    [36_000_000, '10:00:00'],
  ])('%d ms on the clock is %s', (ms, text) => expect(clockDuration(ms)).toBe(text))

  it.each([
    [-1, '0 s'],
    [12_400, '12 s'],
    [150_000, '3 min'],
    [7_200_000, '2 h'],
    [3 * 86_400_000, '3 d'],
  ])('%d ms in short is %s', (ms, text) => expect(shortDuration(ms)).toBe(text))

  it.each([
    [0, 0, '0 %'],
    [0, 100, '0 %'],
    [1, 100_000, '< 0.1 %'],
    [1, 250, '0.4 %'],
    [12, 100, '12 %'],
  ])('%d of %d is %s', (part, whole, text) => expect(percent(part, whole)).toBe(text))

  it.each([
    [0, '0 B/s'],
    [640, '640 B/s'],
    [33_600, '34 kB/s'],
    [999_700, '1.0 MB/s'],
    [1_240_000, '1.2 MB/s'],
    [9_960_000, '10 MB/s'],
    [90_400_000, '90 MB/s'],
  ])('%d bytes a second are %s', (bytesPerSecond, text) => expect(byteRate(bytesPerSecond)).toBe(text))

  it('tells one from many, silence from quiet, and MB from GB', () => {
    expect([counted(1, 'sub'), counted(2000, 'sub')]).toEqual(['1 sub', '2,000 subs'])
    expect([decibels(-100), decibels(-3.5), decibels(0)]).toEqual(['−∞ dB', '−3.5 dB', '0.0 dB'])
    expect([megabytes(512), megabytes(412_000)]).toEqual(['512 MB', '402 GB'])
  })
})
