export * from '../../src/testing/database.ts'
