import diff from 'microdiff'

/** A value that differs between two versions of a quote. */
export interface VersionDifference {
  /** Place of the value in the content: names of fields, and places in lists from 0. */
  readonly path: readonly string[]
  /** The value in the first version; null when it is not there. */
  readonly from: unknown
  /** The value in the second version; null when it is not there. */
  readonly to: unknown
}

/** Returns what differs between the contents of two versions, in the order of the content. */
export function differences(from: object, to: object): VersionDifference[] {
  return diff(from, to).map((change) => ({
    path: change.path.map(String),
    from: change.type === 'CREATE' ? null : change.oldValue,
    to: change.type === 'REMOVE' ? null : change.value,
  }))
}
