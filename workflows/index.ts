export type { StagedInput } from '../domain/staged-input.ts'
export type { ResumeAnswer, ResumeRequest, VendorCallback } from './messages.ts'
export { reconcileBooks } from './reconcile-books.ts'
export { removeBackground } from './remove-background.ts'
