import { type FieldNode, type InlineFragmentNode, Kind, type SelectionNode, type SelectionSetNode } from 'graphql'

/** The fields that an export selects of a type, as a tree: each field once, whatever number of paths leads through it. */
export interface FieldTree {
  /** By type condition and field name. */
  readonly children: Map<string, FieldBranch>
}

interface FieldBranch extends FieldTree {
  readonly name: string
  /** GraphQL types of which the field is selected, when the type above does not have it itself; empty when it has. */
  readonly onTypes: readonly string[]
}

/** Returns a tree without fields. */
export function emptyTree(): FieldTree {
  return { children: new Map() }
}

/** Returns the part of the tree below a field, and adds the field at the first call. */
export function branchOf(tree: FieldTree, name: string, onTypes: readonly string[]): FieldTree {
  const key = `${onTypes.join(' ')} ${name}`
  const branch = tree.children.get(key) ?? { ...emptyTree(), name, onTypes }
  tree.children.set(key, branch)
  return branch
}

/** Returns the selection set of a tree, as in a document of a client. */
export function selectionOf({ children }: FieldTree): SelectionSetNode {
  return {
    kind: Kind.SELECTION_SET,
    selections: [...children.values()].flatMap((branch): SelectionNode[] => {
      const field: FieldNode = {
        kind: Kind.FIELD,
        name: { kind: Kind.NAME, value: branch.name },
        ...(branch.children.size > 0 ? { selectionSet: selectionOf(branch) } : {}),
      }
      return branch.onTypes.length === 0 ? [field] : branch.onTypes.map((type) => onType(type, field))
    }),
  }
}

function onType(type: string, field: FieldNode): InlineFragmentNode {
  return {
    kind: Kind.INLINE_FRAGMENT,
    typeCondition: { kind: Kind.NAMED_TYPE, name: { kind: Kind.NAME, value: type } },
    selectionSet: { kind: Kind.SELECTION_SET, selections: [field] },
  }
}
