import type { Act, Rule } from '../operations/define.ts'
import type { Operation } from '../operations/operation.ts'
import type { InterfaceDeclaration, ObjectDeclaration, VariantDeclaration, View } from './declare.ts'
import type { FieldDeclaration } from './fields.ts'

/** A part of the product, as one literal: what it is called and what it adds. Nothing in it runs until the app is built. */
export interface Module {
  readonly name: string
  /** One sentence on what it adds. */
  readonly description: string
  readonly objects?: readonly ObjectDeclaration[]
  readonly variants?: readonly VariantDeclaration[]
  readonly views?: readonly View[]
  readonly interfaces?: readonly InterfaceDeclaration[]
  /** Fields on objects of other modules, by object name. */
  readonly extend?: Readonly<Record<string, Readonly<Record<string, FieldDeclaration>>>>
  readonly rules?: readonly Rule[]
  readonly acts?: readonly Act[]
  readonly operations?: readonly Operation[]
}

/** Declares a module. */
export function defineModule(module: Module): Module {
  return module
}
