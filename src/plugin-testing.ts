/**
 * The module `rapport/plugin/testing`, for the tests of plugins. `createPluginTestApp` starts the server with the
 * plugin under test on a real database.
 */

export { at, errorCodes, listAt, refusals, textAt, textsAt } from './testing/answers.ts'
export type { CollectedChange } from './testing/changes.ts'
export type { OperationDocument, TestAnswer } from './testing/client.ts'
export type { TestClock } from './testing/clock.ts'
export type { PluginUnderTest } from './testing/install.ts'
export {
  createPluginTestApp,
  type PluginTestApp,
  type PluginTestAppOptions,
  type PluginTestClient,
} from './testing/plugin-app.ts'
export type { RouteTestRequest, RouteTestResponse } from './testing/route-requests.ts'
export type { TestRole, TestWorkspace } from './testing/server.ts'
export { type SignOptions, signBody } from './testing/sign-body.ts'
