export type { PutOptions, WaitOptions } from './channels/ends.ts';
export { QueueBroken, QueueClosed } from './channels/errors.ts';
export { Pipe, type PipeEnd } from './channels/pipe.ts';
export { Queue } from './channels/queue.ts';
export { Coroutine, coroutine, prime, StopIteration } from './coroutines/coroutine.ts';
export { EventLoop } from './coroutines/event-loop.ts';
export { fromGenerator } from './coroutines/from-generator.ts';
export {
  type GatherOptions,
  gather,
  type MapAsyncOptions,
  mapAsync,
  type TimeoutOptions,
  timeout,
} from './coroutines/gather.ts';
export type { GroupTask, TaskFunction } from './coroutines/group.ts';
export type { LoopStart, LoopSteps, LoopTask, LoopWait } from './coroutines/loop-task.ts';
export {
  type RoundRobinOptions,
  type RoundRobinResults,
  type RoundRobinTask,
  roundRobin,
} from './coroutines/scheduler.ts';
export { type TaskGroup, type TaskGroupOptions, withTaskGroup } from './coroutines/task-group.ts';
export { type CrawlOptions, crawl } from './countries/crawl.ts';
export type { Crawled } from './countries/crawled.ts';
export { PageError, type PageFailure } from './countries/failure.ts';
export { fileName } from './countries/file-name.ts';
export { countryLinks } from './countries/links.ts';
export type { CountriesOptions, Delay, Fault, Faults } from './countries/options.ts';
export { fetchPage, type Page, type PageOptions } from './countries/page.ts';
export { type CountriesSite, type SiteCounters, startCountries } from './countries/site.ts';
export type { Choice, EngineFigures } from './executors/choice.ts';
export { choose } from './executors/choose.ts';
export type { EngineName } from './executors/choose-decide.ts';
export type { ChooseOptions } from './executors/choose-options.ts';
export { type ClusterAddress, ClusterExecutor, type ClusterOptions } from './executors/cluster/cluster.ts';
export { remoteFunction } from './executors/cluster/remote-function.ts';
export type { ClusterStatus, QueueLengths, WorkerRow } from './executors/cluster/status.ts';
export { BrokenExecutor, CancelledError, TimeoutError, WorkerDied } from './executors/errors.ts';
export {
  type Executor,
  type ShutdownOptions,
  type Submitter,
  type TaskOptions,
  withExecutor,
} from './executors/executor.ts';
export {
  AsyncExecutor,
  type PoolOptions,
  ProcessPoolExecutor,
  type ProcessPoolOptions,
  SerialExecutor,
  ThreadPoolExecutor,
  type ThreadPoolOptions,
} from './executors/executors.ts';
export type { Future } from './executors/future.ts';
export { currentSignal } from './executors/local.ts';
export type { MapOptions, Mapped } from './executors/mapped.ts';
export { type CallSteps, type Step, tenSteps } from './executors/steps.ts';
export { asCompleted, type Completed, type ReturnWhen, type Waited, wait } from './executors/wait.ts';
export { type AnswerTo, type Exercise, exercise } from './exercises/exercise.ts';
export type { ExerciseId } from './exercises/lessons/index.ts';
export { progressTable, resetProgress } from './exercises/report.ts';
export type { Finding, Verdict } from './exercises/verdict.ts';
export type { Explored, Replay } from './explore/exploration.ts';
export { type Exploration, explore } from './explore/explore.ts';
export { model } from './explore/model.ts';
export type { Operation } from './explore/models.ts';
export { type Point, until } from './explore/point.ts';
export type { Check, ExploreOptions, Program, ThreadBody } from './explore/program.ts';
export { fromRecording, type Inside, type Stay } from './explore/recording.ts';
export type { Schedule, ScheduledStep } from './explore/schedule.ts';
export { exploreAsync, type TaskBody, type TaskPoint, type TaskProgram } from './explore/tasks.ts';
export { ShippingError } from './shipping/index.ts';
export { type BarChart, type Chart, chart } from './show/chart.ts';
export type { CurveChart } from './show/curves.ts';
export { type Displayable, displaySymbol } from './show/display.ts';
export { type Progress, progress } from './show/progress.ts';
export { show } from './show/show.ts';
export { type Column, type Row, type Table, type TableOptions, table } from './show/table.ts';
export { AsyncCondition, type ConditionWaitOptions } from './sync/async-condition.ts';
export { AsyncLock } from './sync/async-lock.ts';
export { AsyncSemaphore } from './sync/async-semaphore.ts';
export { Barrier, type BarrierOptions, BrokenBarrierError } from './sync/barrier.ts';
export { Condition } from './sync/condition.ts';
export { SharedCounter } from './sync/counter.ts';
export { LockOwnerDied } from './sync/errors.ts';
export { Event } from './sync/event.ts';
export { type GraphEdge, type WaitForGraph, waitForGraph } from './sync/graph.ts';
export type { Guard } from './sync/hold.ts';
export { Lock } from './sync/lock.ts';
export { ReadWriteLock } from './sync/read-write-lock.ts';
export type { ReadWriteSide } from './sync/read-write-side.ts';
export { type RecordFields, type RecordValues, SharedRecord } from './sync/record.ts';
export { RLock } from './sync/rlock.ts';
export { BoundedSemaphore, Semaphore } from './sync/semaphore.ts';
export { now } from './timing/clock.ts';
export { compare } from './timing/compare.ts';
export type { CompareOptions, Contender } from './timing/compare-options.ts';
export type { Comparison } from './timing/comparison.ts';
export { cpuTime } from './timing/cpu.ts';
export { type BoundBy, type Diagnosis, diagnose } from './timing/diagnose.ts';
export type { RecordedEvent } from './timing/events.ts';
export type { Lane, Task, Wait } from './timing/lanes.ts';
export { type LoopDelay, type LoopWatch, watchLoop } from './timing/loop.ts';
export type { LoopStep, LoopTurn } from './timing/loop-steps.ts';
export { type Figures, type Measurement, type Prediction, predict, type Score } from './timing/predict.ts';
export { Recorder, record } from './timing/recorder.ts';
export { type TimedResult, timed } from './timing/timed.ts';
export { Timeline } from './timing/timeline.ts';
export { Process } from './workers/process.ts';
export type { RunnableOptions } from './workers/runnable.ts';
export { Thread } from './workers/thread.ts';
