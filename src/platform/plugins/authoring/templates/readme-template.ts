import type { TemplateNames } from './names.ts'

/** Returns the README of a new plugin. */
export const readmeTemplate = ({ id, Id, folder, test }: TemplateNames) => `# ${id}

Notes on accounts, for Rapport.

- **GraphQL**: the type \`${Id}Note\` with its list and mutations, \`Account.${id}Notes\`, and the error
  \`${Id}PinnedNotesError\` of \`deleteAccount\`.
- **Database**: the table \`${id}_notes\`.
- **Rules**: \`${id}.keepPinned\`: an account with pinned notes cannot be deleted.
- **Removal**: \`--keep\` keeps the table, \`--drop\` drops it, \`--export <folder>\` writes it to a file and then drops it.

## Development

- After a change of the model: \`rapport plugin types ${folder}\`, then \`rapport plugin migration ${folder} add_something\`.
- Test: \`${test}\`
- Before you publish it: \`rapport plugin check ${folder}\`, then \`rapport plugin pack ${folder}\`.
`
