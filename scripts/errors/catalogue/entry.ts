/**
 * One kind of error as a user meets it. `cause` and `remedy` are whole sentences in general terms;
 * what failed here and now is the message of the ToolError that carries the code.
 */
export type CatalogueEntry = {
	/** `K2Dnnnn`; the first digit is the area, the page is docs/errors/K2Dnnnn.md. */
	readonly code: string;
	readonly title: string;
	/** Exit code of the command line when this error ends the run. */
	readonly exitCode: number;
	readonly cause: string;
	readonly remedy: string;
};
