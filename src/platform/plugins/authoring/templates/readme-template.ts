import type { TemplateNames } from './names.ts'

/** The README of a new plugin. */
export const readmeTemplate = ({ id, Id, folder }: TemplateNames) => `# ${id}

Notes on accounts, for Rapport.

- **GraphQL**: the type \`${Id}Note\` with its list and mutations, \`Account.${id}Notes\`, and the error
  \`${Id}PinnedNotesError\` of \`deleteAccount\`.
- **Database**: the table \`${id}_notes\`.
- **Rules**: \`${id}.keepPinned\`: an account with pinned notes is not deleted.
- **After removal**: \`--keep\` leaves the table, \`--drop\` leaves nothing, \`--export <folder>\` writes the table to a file first.

## Work on it

- The model changed: \`rapport plugin types ${folder}\`, then \`rapport plugin migration ${folder} add_something\`.
- Test: \`npx vitest run${folder === '.' ? '' : folder.replace(/^\.\//, ' ')}\`
- Before it is published: \`rapport plugin check ${folder}\`, then \`rapport plugin pack ${folder}\`.
`
