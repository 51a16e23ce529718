export { createPayloadCodec } from '../adapters/encryption/payload-codec.ts'
export type { StorageOptions } from '../adapters/storage/create-storage.ts'
export { createStorage } from '../adapters/storage/create-storage.ts'
export type { Storage } from '../adapters/storage/storage.ts'
export type { FailureKind, FailureRule } from '../domain/failures.ts'
export { FAILURES, isFailureKind } from '../domain/failures.ts'
export type { PayloadKey } from '../domain/payload-keys.ts'
export type { ModelQuote, Quote } from '../domain/quote.ts'
export type {
  FailureDocument,
  KeptFile,
  OutageDocument,
  OutputWarning,
  RemovalDocument,
  RemovalState,
  TransferDocument,
  VendorJobDocument,
  VendorJobLeft,
} from '../domain/removal-document.ts'
export { isRemovalFailure, RemovalFailure } from '../domain/removal-failure.ts'
export type { CompositionInput, RemovalSettings } from '../domain/removal-request-input.ts'
export type { Background, Model, OutputFormat } from '../domain/request-values.ts'
export type { CancelNote, ResumeRequest, ResumeResult } from '../workflows/messages.ts'
export type { RemovalsOptions } from './create-removals.ts'
export { createRemovals } from './create-removals.ts'
export { documentOf } from './errors.ts'
export type { QuoteOptions, QuoteSource, QuoteWithBudget } from './quote/quote.ts'
export type { RecordsFilter, RemovalRecords } from './records.ts'
export type {
  ListFilter,
  Removals,
  RenewAllOptions,
  Renewal,
  ResultOptions,
  ResumeAllFilter,
  ResumeAllOptions,
  Resumption,
  ResumptionCounts,
  StartedRemoval,
  StartOptions,
  WatchOptions,
} from './removals.ts'
export type { RemovalRequestInput, VideoBytes } from './start/removal-request-input.ts'
