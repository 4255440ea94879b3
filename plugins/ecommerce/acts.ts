import { type Act, defineAct, type PluginContext, type RuleAnswer, ruleViolation, sql } from 'rapport/plugin'
import { type Cart, logMessage, stops } from './rescue.ts'
import { minutesAfter, settingsOf } from './settings.ts'
import { stopped } from './status.ts'

type Apply = (cart: Cart, context: PluginContext) => RuleAnswer | Promise<RuleAnswer>

/** An act on carts of one status. */
const cartAct = (name: string, description: string, status: Cart['status'], apply: Apply): Act =>
  defineAct({
    name,
    description,
    object: 'Cart',
    apply(cart, context) {
      if (cart.status === status) return apply(cart, context)
      const message = `The cart is ${cart.status}; ${name} takes one that is ${status}.`
      return { refusals: [ruleViolation('ecommerce.cartStatus', ['input', 'id'], message)] }
    },
  })

const abandon: Apply = async ({ rescueCount }, context) => {
  const delay = (await settingsOf(context)).rescueDelaysMinutes[rescueCount]
  const plan =
    delay === undefined
      ? stopped('MAXIMUM_REACHED')
      : { nextRescueAt: minutesAfter(context.now, delay), rescueStopReason: null }
  return { patch: { status: 'ABANDONED', abandonedAt: context.now, ...plan } }
}

async function reasonFor(cart: Cart, context: PluginContext) {
  const [stop] = await stops(context, sql`c.id = ${cart.id}::uuid`)
  return cart.rescueStopReason ?? stop?.reason
}

/** The row is locked: however many ask for a message it is sent once, and what stops it is looked for now. */
const send: Apply = async (cart, context) => {
  const { now } = context
  const reason = await reasonFor(cart, context)
  if (reason) return { patch: stopped(reason) }
  const step = cart.rescueCount + 1
  const { userErrors } = await logMessage(context, cart, step)
  if (userErrors.length > 0) return { patch: stopped('REFUSED') }
  const { rescueDelaysMinutes: delays } = await settingsOf(context)
  const [last, next] = [delays[step - 1] ?? 0, delays[step]]
  const plan = next === undefined ? stopped('MAXIMUM_REACHED') : { nextRescueAt: minutesAfter(now, next - last) }
  return { patch: { rescueCount: step, firstRescueAt: cart.firstRescueAt ?? now, ...plan } }
}

const stop: Apply = async (cart, context) => ({ patch: stopped((await reasonFor(cart, context)) ?? 'MANUAL') })

const expire: Apply = ({ rescueStopReason }) => ({
  patch: { status: 'EXPIRED', ...stopped(rescueStopReason ?? 'EXPIRED') },
})

export const cartActs = [
  cartAct('abandonCart', 'Says that a cart was left, and plans its rescue messages.', 'OPEN', abandon),
  cartAct('sendCartRescueMessage', 'Sends the next rescue message, or stops the rescue.', 'ABANDONED', send),
  cartAct('stopCartRescue', 'Sends no more rescue messages for a cart.', 'ABANDONED', stop),
  cartAct('expireCart', 'Gives up an abandoned cart.', 'ABANDONED', expire),
]
