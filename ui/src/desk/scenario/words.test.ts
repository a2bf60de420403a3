import { beforeAll, describe, expect, it } from 'vitest'
import { startLanguage } from '@shared/i18n'
import zh from '../i18n/zh'
import { driftText, energyText, hourText, shift } from './words'

beforeAll(() => startLanguage(async () => zh))
describe('words of a scenario', () => {
  it('give drifts as one over', () => expect([0, 0.004, 0.0157, 0.0002, 0.3].map(driftText)).toEqual(['0', '1/250', '1/64', '1/5,000', '0.3']))
  it('say who is where at an hour', () => expect([2, 7, 12, 19, 23].map((x) => hourText(x).split(' · ')[1])).toEqual(['多数人在睡觉', '多数人在家', '多数人在外上班、上学', '多数人在家', '多数人在睡觉']))
  it('give energies in a unit of their size', () => expect([12, 1830, 2.5e6, 3e9].map(energyText)).toEqual(['12 J', '1.83 kJ', '2.5 MJ', '3 GJ']))
  it('say how many buildings moved between the grades', () => expect(shift([5, 3, 2], [4, 3, 3])).toEqual([1, 0, -1]))
})
