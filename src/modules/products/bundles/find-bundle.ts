import type { PluginContext } from '../../../platform/declare/plugin-context.ts'
import type { Bundle } from './configuration.ts'

/** A bundle with the names of its products, by id. */
export interface FoundBundle {
  readonly isBundle: boolean
  readonly bundle: Bundle
  readonly names: ReadonlyMap<string, string>
}

/**
 * Reads a bundle; null when there is none that is visible to the caller. Options and constraints whose product is not visible
 * are left out: a hidden product looks like one that does not exist.
 */
export async function findBundle({ prisma }: PluginContext, id: string): Promise<FoundBundle | null> {
  const product = await prisma.product.findFirst({
    where: { id },
    select: {
      kind: true,
      ProductOptionGroup_product: { orderBy: { position: 'asc' } },
      ProductOption_bundle: {
        orderBy: { position: 'asc' },
        include: {
          product: {
            select: {
              name: true,
              isActive: true,
              ProductConstraint_product: { select: { kind: true, other: { select: { id: true, name: true } } } },
            },
          },
        },
      },
    },
  })
  if (!product) return null
  const names = new Map<string, string>()
  const options = product.ProductOption_bundle.filter(({ product: part }) => part !== null)
  const constraints = options.flatMap(({ productId, product: part }) => {
    names.set(productId, part.name)
    return part.ProductConstraint_product.flatMap(({ kind, other }) => {
      if (other === null) return []
      names.set(other.id, other.name)
      return [{ product: productId, kind, other: other.id }]
    })
  })
  const bundle = {
    groups: product.ProductOptionGroup_product,
    options: options.map(({ productId, groupName, product: part, ...option }) => ({
      product: productId,
      group: groupName,
      isRequired: option.isRequired,
      isDefault: option.isDefault,
      isForSale: part.isActive,
      defaultQuantity: option.defaultQuantity.toFixed(),
      minimumQuantity: option.minimumQuantity?.toFixed() ?? null,
      maximumQuantity: option.maximumQuantity?.toFixed() ?? null,
    })),
    constraints,
  }
  return { isBundle: product.kind === 'BUNDLE', bundle, names }
}
