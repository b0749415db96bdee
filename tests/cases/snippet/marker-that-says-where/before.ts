import * as fs from "node:fs";
import * as path from "node:path";
import { EventEmitter } from "node:events";

export type Level = "debug" | "info" | "warn" | "error";

const ORDER: Record<Level, number> = {
	debug: 0,
	info: 1,
	warn: 2,
	error: 3,
};

export interface LoggerOptions {
	level?: Level;
	file?: string;
	json?: boolean;
}

/**
 * Writes lines to a file and to the console.
 */
export class Logger extends EventEmitter {
	private readonly level: Level;
	private stream: fs.WriteStream | undefined;

	constructor(private readonly options: LoggerOptions = {}) {
		super();
		this.level = options.level ?? "info";
		if (options.file) {
			fs.mkdirSync(path.dirname(options.file), { recursive: true });
			this.stream = fs.createWriteStream(options.file, { flags: "a" });
		}
	}

	debug(message: string, ...rest: unknown[]): void {
		this.log("debug", message, rest);
	}

	info(message: string, ...rest: unknown[]): void {
		this.log("info", message, rest);
	}

	warn(message: string, ...rest: unknown[]): void {
		this.log("warn", message, rest);
	}

	error(message: string, ...rest: unknown[]): void {
		this.log("error", message, rest);
	}

	private log(level: Level, message: string, rest: unknown[]): void {
		if (ORDER[level] < ORDER[this.level]) {
			return;
		}
		const line = this.format(level, message, rest);
		console[level](line);
		this.stream?.write(line + "\n");
		this.emit("line", line);
	}

	private format(level: Level, message: string, rest: unknown[]): string {
		const time = new Date().toISOString();
		if (this.options.json) {
			return JSON.stringify({ time, level, message, rest });
		}
		return `${time} ${level.toUpperCase()} ${message} ${rest.map(String).join(" ")}`;
	}

	close(): Promise<void> {
		return new Promise((resolve) => {
			if (!this.stream) {
				resolve();
				return;
			}
			this.stream.end(() => resolve());
		});
	}
}

export function createLogger(options?: LoggerOptions): Logger {
	return new Logger(options);
}
