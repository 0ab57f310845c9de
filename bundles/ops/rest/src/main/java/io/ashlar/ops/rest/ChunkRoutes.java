package io.ashlar.ops.rest;

import static io.ashlar.ops.rest.Answers.need;
import static io.ashlar.ops.rest.Answers.value;

import com.fasterxml.jackson.databind.node.ArrayNode;
import io.ashlar.base.ChunkId;
import io.ashlar.base.ObjectName;
import io.ashlar.base.Outcome;
import io.ashlar.chunk.ChunkInfo;
import io.ashlar.store.ChunkControl;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.regex.Pattern;

/// Chunks, and the stopping and starting of those whose service runs in this process.
final class ChunkRoutes {

    private static final Pattern CID = Pattern.compile("c?([1-9][0-9]{0,8})");

    private final Parts parts;

    ChunkRoutes(Parts parts) {
        this.parts = parts;
    }

    List<Route> routes() {
        return List.of(
                new Route("GET", "/chunks", _ -> Answers.list("chunks", chunks())),
                new Route("POST", "/chunks/{cid}/stop", call -> change(call, ChunkControl::stop)),
                new Route("POST", "/chunks/{cid}/start", call -> change(call, ChunkControl::start)));
    }

    private ArrayNode chunks() {
        var array = Json.array(known(), chunk -> Views.chunk(chunk, control(chunk.id())));
        parts.controls().stream()
                .filter(control -> control.id().isEmpty())
                .forEach(control -> array.add(Views.unregistered(control)));
        return array;
    }

    private List<ChunkInfo> known() {
        return need(parts.chunks(), "the chunk manager").chunks();
    }

    private Response change(Route.Call call, Function<ChunkControl, Outcome<ChunkControl.State>> change) {
        var id = chunkId(call.variable("cid"));
        var control = control(id).orElseThrow(() -> notHere(id));
        var state = value(change.apply(control));
        return Answers.ok(Json.object()
                .put("id", id.value())
                .put("node", control.nodeName())
                .put("service", state.name()));
    }

    private Refused notHere(ChunkId id) {
        boolean exists = parts.chunks().stream()
                .flatMap(manager -> manager.chunks().stream())
                .anyMatch(chunk -> chunk.id().equals(id));
        return exists
                ? Refused.notFound(
                        "chunk " + id + " does not run in this process", "ask the node that runs it; see: chunk list")
                : Refused.notFound("chunk " + id + " does not exist", "list the chunks with: chunk list");
    }

    private Optional<ChunkControl> control(ChunkId id) {
        return parts.controls().stream()
                .filter(control -> control.id().equals(Optional.of(id)))
                .findFirst();
    }

    static ChunkId chunkId(String text) {
        var cid = CID.matcher(text);
        if (!cid.matches()) {
            throw Refused.invalid(
                    "'" + ObjectName.printable(text) + "' is no chunk id", "write it as 3 or c3; see: chunk list");
        }
        return new ChunkId(Integer.parseInt(cid.group(1)));
    }
}
