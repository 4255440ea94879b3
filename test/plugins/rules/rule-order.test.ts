import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { definePlugin, type Plugin } from '../../../src/platform/declare/plugin.ts'
import type { RecordRule } from '../../../src/platform/declare/rules/rule.ts'
import { type OwnedRule, sortRules } from '../../../src/platform/registry/rule-order.ts'

const rule = (name: string, placed: Pick<RecordRule, 'runsBefore' | 'runsAfter'> = {}): RecordRule => ({
  name,
  description: 'A rule.',
  object: 'Account',
  on: ['create'],
  ...placed,
})

const plugin = (id: string): Plugin => definePlugin({ id, description: 'A plugin.', version: '1.0.0', api: '^1.0.0' })

const owned = (name: string, placed: Pick<RecordRule, 'runsBefore' | 'runsAfter'> = {}): OwnedRule => ({
  plugin: plugin(name.split('.')[0] ?? name),
  rule: rule(name, placed),
})

const names = (rules: readonly OwnedRule[]) => rules.map((each) => each.rule.name)

describe('the order of rules', () => {
  it('is by default the order in which plugins are listed and declare their rules', () => {
    const rules = ['b.one', 'b.two', 'a.one'].map((name) => owned(name))
    expect(names(sortRules(rules))).toEqual(['b.one', 'b.two', 'a.one'])
  })

  it('follows `runsBefore` and `runsAfter`, and ignores names of rules that do not exist', () => {
    const rules = [
      owned('a.one', { runsAfter: ['c.one', 'gone.one'] }),
      owned('b.one'),
      owned('c.one'),
      owned('d.one', { runsBefore: ['b.one', 'gone.two'] }),
    ]
    expect(names(sortRules(rules))).toEqual(['c.one', 'a.one', 'd.one', 'b.one'])
  })

  it('is refused when `runsBefore` and `runsAfter` form a circle, and the message names those rules and their plugins', () => {
    const rules = [
      owned('a.one', { runsAfter: ['b.one'] }),
      owned('b.one', { runsBefore: ['c.one'], runsAfter: ['c.one'] }),
      owned('c.one'),
      owned('d.one'),
    ]
    expect(() => sortRules(rules)).toThrow(/circle: b\.one \(of b\), c\.one \(of c\)/)
  })

  it('is refused when two plugins declare a rule called a.one, and the message names both plugins', () => {
    const rules = [owned('a.one'), { plugin: plugin('b'), rule: rule('a.one') }]
    expect(() => sortRules(rules)).toThrow('Rule a.one is declared by both a and b')
  })

  it('follows every `runsBefore` and `runsAfter` of random rules that form no circle', () => {
    // Each demand goes from a lower to a higher rank of a shuffled ranking, so there is no circle.
    const arbitrary = fc.integer({ min: 1, max: 12 }).chain((count) =>
      fc.record({
        ranks: fc.shuffledSubarray([...Array(count).keys()], { minLength: count }),
        demands: fc.array(fc.tuple(fc.nat(count - 1), fc.nat(count - 1), fc.boolean()), { maxLength: 20 }),
      }),
    )
    fc.assert(
      fc.property(arbitrary, ({ ranks, demands }) => {
        const pairs = demands
          .map(([one, other, isBefore]) =>
            (ranks[one] ?? 0) < (ranks[other] ?? 0) ? { one, other, isBefore } : { one: other, other: one, isBefore },
          )
          .filter(({ one, other }) => one !== other)
        const rules = ranks.map((_rank, index) =>
          owned(`p${index}.rule`, {
            runsBefore: pairs
              .filter((pair) => pair.isBefore && pair.one === index)
              .map((pair) => `p${pair.other}.rule`),
            runsAfter: pairs
              .filter((pair) => !pair.isBefore && pair.other === index)
              .map((pair) => `p${pair.one}.rule`),
          }),
        )
        const order = names(sortRules(rules))
        expect([...order].sort()).toEqual(names(rules).sort())
        for (const { one, other } of pairs)
          expect(order.indexOf(`p${one}.rule`)).toBeLessThan(order.indexOf(`p${other}.rule`))
        if (pairs.length === 0) expect(order).toEqual(names(rules))
      }),
    )
  })
})
