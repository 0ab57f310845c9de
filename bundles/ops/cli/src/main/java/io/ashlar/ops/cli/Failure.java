package io.ashlar.ops.cli;

/// Why a command did not do what it was asked: what is wrong, the remedy, and the exit status.
final class Failure extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final String kind;
    private final String remedy;
    private final int exit;

    Failure(int exit, String kind, String what, String remedy) {
        super(what);
        this.exit = exit;
        this.kind = kind;
        this.remedy = remedy;
    }

    static Failure usage(String what, String remedy) {
        return new Failure(Exit.USAGE, "USAGE", what, remedy);
    }

    static Failure unavailable(String what, String remedy) {
        return new Failure(Exit.UNAVAILABLE, "UNAVAILABLE", what, remedy);
    }

    String kind() {
        return kind;
    }

    String remedy() {
        return remedy;
    }

    int exit() {
        return exit;
    }
}
