package io.ashlar.ops.rest;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/// One operation of the API.
///
/// @param path template below `/api/v1`, for example `/volumes/{pool}/{name}`
/// @param open true when no password is needed
record Route(String method, String path, boolean open, Handler handler) {

    /// Does the work of a route. A "no" is thrown as [Refused] or comes as a response.
    @FunctionalInterface
    interface Handler {
        Response handle(Call call);
    }

    /// A request that has found its route.
    ///
    /// @param variables the decoded values of the template's `{names}`
    record Call(Request request, Map<String, String> variables) {

        String variable(String name) {
            return variables.get(name);
        }
    }

    Route(String method, String path, Handler handler) {
        this(method, path, false, handler);
    }

    /// @param parts the request's path below the base, split and decoded
    /// @return the values of the variables, or null when this is another path
    Map<String, String> match(List<String> parts) {
        var template = List.of(path.substring(1).split("/"));
        if (template.size() != parts.size()) {
            return null;
        }
        var variables = new TreeMap<String, String>();
        for (int i = 0; i < parts.size(); i++) {
            String wanted = template.get(i);
            if (wanted.startsWith("{")) {
                variables.put(wanted.substring(1, wanted.length() - 1), parts.get(i));
            } else if (!wanted.equals(parts.get(i))) {
                return null;
            }
        }
        return variables;
    }
}
