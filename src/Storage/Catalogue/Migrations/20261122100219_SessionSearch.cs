using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace SecureRecorder.Storage.Catalogue.Migrations
{
    /// <inheritdoc />
    public partial class SessionSearch : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropIndex(
                name: "IX_Sessions_Technician_CreatedAt",
                table: "Sessions");

            migrationBuilder.AddColumn<string>(
                name: "TicketKey",
                table: "Sessions",
                type: "TEXT",
                maxLength: 120,
                nullable: true);

            migrationBuilder.Sql("""UPDATE "Sessions" SET "TicketKey" = lower("Ticket") WHERE "Ticket" IS NOT NULL"""); // other letters than A to Z stay as they are: no release has such tickets

            migrationBuilder.CreateIndex(
                name: "IX_Sessions_ByLabel",
                table: "Sessions",
                columns: new[] { "Label", "CreatedAt", "Id" });

            migrationBuilder.CreateIndex(
                name: "IX_Sessions_ByLabelState",
                table: "Sessions",
                columns: new[] { "Label", "State", "CreatedAt", "Id" });

            migrationBuilder.CreateIndex(
                name: "IX_Sessions_ByTeam",
                table: "Sessions",
                columns: new[] { "Team", "CreatedAt", "Id" });

            migrationBuilder.CreateIndex(
                name: "IX_Sessions_ByTeamLabelState",
                table: "Sessions",
                columns: new[] { "Team", "Label", "State", "CreatedAt", "Id" });

            migrationBuilder.CreateIndex(
                name: "IX_Sessions_ByTeamState",
                table: "Sessions",
                columns: new[] { "Team", "State", "CreatedAt", "Id" });

            migrationBuilder.CreateIndex(
                name: "IX_Sessions_ByTechnician",
                table: "Sessions",
                columns: new[] { "Technician", "CreatedAt", "Id", "State", "Team", "Label", "TicketKey" });

            migrationBuilder.CreateIndex(
                name: "IX_Sessions_ByTicket",
                table: "Sessions",
                columns: new[] { "TicketKey", "CreatedAt", "Id", "State", "Team", "Label", "Technician" });
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropIndex(
                name: "IX_Sessions_ByLabel",
                table: "Sessions");

            migrationBuilder.DropIndex(
                name: "IX_Sessions_ByLabelState",
                table: "Sessions");

            migrationBuilder.DropIndex(
                name: "IX_Sessions_ByTeam",
                table: "Sessions");

            migrationBuilder.DropIndex(
                name: "IX_Sessions_ByTeamLabelState",
                table: "Sessions");

            migrationBuilder.DropIndex(
                name: "IX_Sessions_ByTeamState",
                table: "Sessions");

            migrationBuilder.DropIndex(
                name: "IX_Sessions_ByTechnician",
                table: "Sessions");

            migrationBuilder.DropIndex(
                name: "IX_Sessions_ByTicket",
                table: "Sessions");

            migrationBuilder.DropColumn(
                name: "TicketKey",
                table: "Sessions");

            migrationBuilder.CreateIndex(
                name: "IX_Sessions_Technician_CreatedAt",
                table: "Sessions",
                columns: new[] { "Technician", "CreatedAt" });
        }
    }
}
