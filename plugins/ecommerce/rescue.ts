import { type ColumnsOf, defineItem, type PluginContext, type VariantDeclaration } from 'rapport/plugin'
import { workspaceSettings } from './settings.ts'

const relations = { cart: {} }
export const rescueMessage: VariantDeclaration = {
  name: 'CartRescueMessage',
  of: 'Interaction',
  kind: 'CART_RESCUE_MESSAGE',
  description: 'A message that reminds a customer of an abandoned cart.',
  detail: defineItem({ model: 'CartRescueMessageDetail', columns: { step: {}, couponCode: {} }, relations }),
}

/**
 * Sends a rescue message: creates an interaction, which a separate mail system reads from the log and delivers. The
 * `sourceId` is unique for each step of a cart, so that no step is sent twice.
 * @param step Number of the message for the cart, from 1.
 * @returns null, or `REFUSED` when the interaction was refused and so no message was sent.
 */
export async function sendMessage(context: PluginContext, cart: ColumnsOf<'Cart'>, step: number) {
  const { couponCode, couponFromStep } = await context.settings(workspaceSettings)
  const { userErrors } = await context.records.log('Interaction', 'cartRescueMessage', {
    direction: 'OUTBOUND',
    occurredAt: context.now,
    subject: `Your cart at ${cart.store}`,
    body: cart.recoveryUrl,
    source: 'ecommerce',
    sourceId: `${cart.id}/${step}`,
    participants: [{ role: 'TO', contactId: cart.contactId, handle: cart.email }],
    regardingIds: [{ type: 'Cart', id: cart.id }],
    cartId: cart.id,
    step,
    couponCode: step < couponFromStep ? null : couponCode,
  })
  return userErrors.length > 0 ? 'REFUSED' : null
}
