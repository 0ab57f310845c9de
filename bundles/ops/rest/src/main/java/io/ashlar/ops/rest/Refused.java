package io.ashlar.ops.rest;

import io.ashlar.base.Outcome;
import java.util.Map;

/// Leaves a handler early with the answer that is to be given: a "no" of the protocol or of a manager.
final class Refused extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final int status;
    private final String kind;
    private final String remedy;
    private final transient Map<String, String> headers;

    Refused(int status, String kind, String what, String remedy, Map<String, String> headers) {
        super(what, null, false, false);
        this.status = status;
        this.kind = kind;
        this.remedy = remedy;
        this.headers = Map.copyOf(headers);
    }

    Refused(int status, String kind, String what, String remedy) {
        this(status, kind, what, remedy, Map.of());
    }

    static Refused invalid(String what, String remedy) {
        return new Refused(Problems.BAD_REQUEST, Outcome.Kind.INVALID.name(), what, remedy);
    }

    static Refused notFound(String what, String remedy) {
        return new Refused(Problems.NOT_FOUND, Outcome.Kind.NOT_FOUND.name(), what, remedy);
    }

    static Refused unavailable(String what, String remedy) {
        return new Refused(Problems.UNAVAILABLE, Outcome.Kind.UNAVAILABLE.name(), what, remedy);
    }

    Response response() {
        var response = Problems.response(status, kind, getMessage(), remedy);
        for (var header : headers.entrySet()) {
            response = response.with(header.getKey(), header.getValue());
        }
        return response;
    }
}
